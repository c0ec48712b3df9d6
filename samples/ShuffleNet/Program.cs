using Blockwright;
using Blockwright.Samples.ShuffleNet;
using System.Diagnostics;
using TorchSharp;
var net = new ShuffleNetV2_x1_0();
foreach (var (n, b) in net.named_buffers()) { using var _ = torch.no_grad(); if (n.EndsWith("running_mean")) b.normal_(0, 0.1); else if (n.EndsWith("running_var")) b.uniform_(0.5, 1.5); }
net.eval();
using (torch.no_grad()) {
foreach (var size in new[] { 224, 160 }) foreach (var batch in new[]{1,3,8}) foreach (var threads in new[]{1,2}) {
var x = torch.randn(batch,3,size,size);
var y = net.forward(x);
using var f = net.Fuse(new FuseOptions { Threads = threads }); using var p = net.Fuse(new FuseOptions { UseKernels = false });
Console.WriteLine($"{size} {batch} {threads} " + (f.call(x) - y).abs().max().item<float>() + " " + (p.call(x) - y).abs().max().item<float>() + " of " + y.abs().max().item<float>());
if (size == 224) { f.call(x); var w = Stopwatch.StartNew(); for (int i = 0; i < 20; i++) f.call(x).Dispose(); Console.WriteLine($"  fused {w.Elapsed.TotalMilliseconds/20:0.00} ms"); torch.set_num_threads(threads); net.forward(x); w.Restart(); for (int i = 0; i < 20; i++) net.forward(x).Dispose(); Console.WriteLine($"  forward {w.Elapsed.TotalMilliseconds/20:0.00} ms"); }
}
}
