import { readFileSync } from 'node:fs'
import { AgentProcess } from '/work/main/node-agent/test-support/agent-process.ts'
import { FakeHead } from '/work/main/node-agent/test-support/fake-head.ts'
const head = new FakeHead(); const agent = new AgentProcess()
await head.start(); agent.start(head, {flags: process.argv.slice(3)})
const session = await head.session()
const jobset = head.jobset({ files: [{name:'init.txt',content:'x'}] })
await head.build(session, jobset)
const N = Number(process.argv[2])
const cpu=(pid:number)=>{const f=readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' ');return (Number(f[11])+Number(f[12]))*10}
const rss=(pid:number)=>Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`,'utf8'))![1])/1024
const hwm=(pid:number)=>Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`,'utf8'))![1])/1024
console.log('idle rss', rss(agent.pid).toFixed(1))
let sent = 0, done = 0
const script='pass\n'
const c0=cpu(agent.pid), l0=cpu(agent.launcherPid()!)
const t0=performance.now()
const more=()=>{ const batch=[]; while(sent<N && sent-head.finished.length+1<32+1){ batch.push(head.job(jobset.uid, script, {name:'j'+sent, files: process.env.DISTINCT? [{name:'input.json',content:'{"i":'+sent+'}'}]:[]})); sent++; } if(batch.length) session.send({assign:batch}) }
more(); let peak=0
await head.until(()=>{ more(); if(head.finished.length%500===0) peak=Math.max(peak,rss(agent.pid)); return head.finished.length>N }, 'all', 600)
const t=(performance.now()-t0)/1000
console.log(N,'jobs', t.toFixed(2),'s', (N/t).toFixed(0),'/s; agent cpu ms/job', ((cpu(agent.pid)-c0)/N).toFixed(3),'launcher', ((cpu(agent.launcherPid()!)-l0)/N).toFixed(3), 'rss', rss(agent.pid).toFixed(1),'hwm',hwm(agent.pid).toFixed(1))
console.log(head.finished.filter(f=>f.outcome!=='succeeded').length, 'bad')
await agent.cleanUp(); await head.stop()
