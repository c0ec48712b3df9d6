using Blockwright;
using Blockwright.Samples.ShuffleNet;

// Saves a snapshot of the network with the given weights.
var net = new ShuffleNetV2_x1_0();
net.LoadWeights(args[0]);
using var fused = net.Fuse();
fused.Save(args[1]);
