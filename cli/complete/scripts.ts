// What a shell is told once so that it asks `dist __complete` for words afterwards. No name from a head is ever evaluated by
// the shell: bash gets it quoted (bash-word.ts), zsh and fish quote by themselves.
// __complete prints a candidate a line, for zsh and fish with its description behind a tab.

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

const bash = `# completion of dist for bash: put this into ~/.bashrc
#   eval "$(dist completion bash)"
_dist() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == */ ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$line")
  done < <(command dist __complete bash "\${COMP_LINE:0:COMP_POINT}" "\${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
}
complete -F _dist dist
`

const zsh = `#compdef dist
# completion of dist for zsh: put this into ~/.zshrc, below compinit
#   eval "$(dist completion zsh)"
_dist() {
  local line value
  local -a values texts folders
  for line in "\${(@f)$(command dist __complete zsh "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    [[ -n $value ]] || continue
    if [[ $value == */ ]]; then
      folders+=("$value")
    else
      values+=("$value")
      texts+=("$value  \${line#*$'\\t'}")
    fi
  done
  (( $#folders )) && compadd -S '' -- "\${(@)folders}"
  (( $#values )) && compadd -l -d texts -- "\${(@)values}"
}
if [[ \${funcstack[1]} == _dist ]]; then
  _dist "$@"
else
  compdef _dist dist
fi
`

const fish = `# completion of dist for fish: put this into ~/.config/fish/config.fish
#   dist completion fish | source
function __dist_words
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    command dist __complete fish $before "$current" 2>/dev/null
end
complete -c dist -f -a '(__dist_words)'
`

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
