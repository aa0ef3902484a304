"""The search side of batchtools with dist in its place (docs/batchtools-protocol.md): started by `dist search run` and `dist search
import` with the user's own interpreter. Standard library only; numpy and pandas are used where the script has them."""
