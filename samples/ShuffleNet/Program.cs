using Blockwright.Samples.ShuffleNet;
using TorchSharp;
var net = new ShuffleNetV2_x1_0(); 
Console.WriteLine(net.parameters().Sum(p => p.numel()));
net.eval();
var x = torch.randn(2,3,224,224);
using (torch.no_grad()) {
var y = net.forward(x); Console.WriteLine(string.Join(",", y.shape));
using var f = net.Fuse(); Console.WriteLine((f.call(x) - y).abs().max().item<float>() + " of " + y.abs().max().item<float>());
}
foreach (var k in net.state_dict().Keys.Take(30)) Console.WriteLine(k);
