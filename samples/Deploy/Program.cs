using Blockwright;
using Blockwright.Samples.ShuffleNet;
var start = System.Diagnostics.Stopwatch.StartNew();
using var net = ShuffleNetV2_x1_0.LoadFused(args[0], new FuseOptions { Threads = 1 });
var output = new float[1000];
net.Run(new float[3 * 224 * 224], output, 1);
Console.WriteLine($"{output[0]} {start.Elapsed.TotalMilliseconds}");
