using System.Globalization;
using System.Runtime.InteropServices;
using Blockwright;
using Blockwright.Kernels;
using ShuffleNet;
using Zoo.DenseNet;
using Zoo.MnasNet;
using Zoo.MobileNetV3;
using Zoo.ResNet;
using Zoo.ResNeXt;

// Runs a saved snapshot on another machine than the one that made it: blockwright-arm64 NETWORK SNAPSHOT SIDE SET THREADS INPUT OUTPUT. Input and output are floats in memory's order, the input one image of SIDE x SIDE.

var (name, snapshot, side) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
var options = new FuseOptions { InstructionSet = Enum.Parse<InstructionSet>(args[3]), Threads = int.Parse(args[4], CultureInfo.InvariantCulture) };
using var network = name switch
{
    nameof(ShuffleNetV2_x0_5) => ShuffleNetV2_x0_5.LoadFused(snapshot, options),
    nameof(MobileNetV3Small) => MobileNetV3Small.LoadFused(snapshot, options),
    nameof(MnasNet1_0) => MnasNet1_0.LoadFused(snapshot, options),
    nameof(ResNet18) => ResNet18.LoadFused(snapshot, options),
    nameof(ResNeXt50_32x4d) => ResNeXt50_32x4d.LoadFused(snapshot, options),
    nameof(DenseNet121) => DenseNet121.LoadFused(snapshot, options),
    _ => throw new ArgumentException($"There is no {name} here."),
};
var output = new float[network.ResultsOf(side, side).Sum(static result => result.Values)];
network.Run(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(args[5])), output, 1, side, side);
File.WriteAllBytes(args[6], MemoryMarshal.AsBytes<float>(output).ToArray());
Console.WriteLine($"{RuntimeInformation.ProcessArchitecture} {options.InstructionSet}");
