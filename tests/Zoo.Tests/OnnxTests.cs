using Blockwright.Onnx.Format;
using Blockwright.Tests.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Zoo.Tests;

/// <summary>Exported networks under ONNX Runtime, which reads them, infers their shapes and computes what they compute.</summary>
public sealed class OnnxTests : IDisposable
{
    // Of the largest result.
    private const double Single = 1e-5;

    private const int Size = 64;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-onnx-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Folded and not, it gives what forward gives, and each value has the shape that ONNX Runtime infers for it when nobody tells.</summary>
    [Theory]
    [MemberData(nameof(Animals.Savable), MemberType = typeof(Animals))]
    public void EachNetworkIsWhatForwardIs(string name)
    {
        manual_seed(7);
        using var network = Animals.Find(name).Create();
        LikeTrained(network.Module);
        var size = Animals.SizeFor(name);
        using var input = randn(2, 3, size, size);
        var expected = network.Results(input);
        foreach (var fold in new[] { true, false })
        {
            var model = OnnxSession.Export(network, new() { Height = size, Width = size, FoldBatchNorms = fold });
            using var session = OnnxSession.Load(model);
            Assert.Equal(expected.Length, session.Outputs.Count);
            foreach (var (result, (output, shape)) in expected.Zip(session.Outputs))
            {
                AssertClose(result, session.Run(input, output));
                Assert.Equal(result.size(1), shape[1]);
            }
        }
        var open = OnnxSession.Export(network, new() { Height = size, Width = size });
        // What is resized to another's size has a shape that is computed.
        AssertShapesAreInferred(open, mayBeUnknown: ModelProto.Parser.ParseFrom(open).Graph.Node.Any(static node => node.OpType == "Shape"));
    }

    /// <summary>One file serves other sizes and batches; shapes are inferred there too.</summary>
    [Theory]
    [InlineData("ShuffleNetV2_x0_5")]
    [InlineData("SqueezeNet1_1")]
    [InlineData("HybridAttention")]
    [InlineData("GoogLeNet")]
    public void BatchAndSizeMayBeOpen(string name)
    {
        using var network = Make(name);
        var model = OnnxSession.Export(network, new() { OpenSize = true });
        using var session = OnnxSession.Load(model);
        foreach (var (batch, height, width) in new[] { (1, 64, 96), (3, 97, 71) })
        {
            using var input = randn(batch, 3, height, width);
            AssertClose(network.call(input), session.Run(input));
        }
        AssertShapesAreInferred(model, mayBeUnknown: true);
    }

    [Fact]
    public void AnOpenSizeIsNotAFixedOne()
    {
        using var network = Make("ShuffleNetV2_x0_5");
        Assert.Contains("OpenSize goes without Height and Width", Assert.Throws<ArgumentException>(() => OnnxSession.Export(network, new() { OpenSize = true, Width = 64 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AShuffleIsReshapeTransposeReshapeAndASplitHasFixedSizes()
    {
        using var network = Make("ShuffleNetV2_x0_5");
        var graph = ModelProto.Parser.ParseFrom(OnnxSession.Export(network, new() { FoldBatchNorms = false })).Graph;
        var constants = graph.Initializer.Where(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int64).ToDictionary(static tensor => tensor.Name, static tensor => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray());
        var transposes = graph.Node.Where(static node => node.OpType == "Transpose").ToList();
        Assert.Equal(16, transposes.Count);
        Assert.All(transposes, node => Assert.Equal([0, 2, 1, 3], node.Attribute.Single().Ints));
        Assert.Equal(32, graph.Node.Count(static node => node.OpType == "Reshape"));
        Assert.All(graph.Node.Where(static node => node.OpType == "Reshape"), node => Assert.Equal(4, constants[node.Input[1]].Length));
        Assert.Contains(graph.Node, node => node.OpType == "Split" && constants[node.Input[1]].SequenceEqual([24L, 24L]));
        Assert.DoesNotContain(graph.Node, static node => node.OpType == "Shape");
        Assert.Contains(graph.Node, static node => node is { Name: "stage2.1.branch2.0", OpType: "Conv" });
    }

    /// <summary>Unfolded, the file has the state dict under its keys, to the bit.</summary>
    [Fact]
    public void WeightsHaveTheirKeys()
    {
        using var network = Make("ShuffleNetV2_x0_5");
        var graph = ModelProto.Parser.ParseFrom(OnnxSession.Export(network, new() { FoldBatchNorms = false })).Graph;
        var weights = graph.Initializer.Where(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float).ToDictionary(static tensor => tensor.Name);
        var state = network.state_dict().Where(static entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToList();
        Assert.Equal(state.Select(static entry => entry.Key).Order(StringComparer.Ordinal), weights.Keys.Order(StringComparer.Ordinal));
        Assert.All(state, entry =>
        {
            Assert.Equal(entry.Value.shape, weights[entry.Key].Dims);
            Assert.True(entry.Value.detach().bytes.SequenceEqual(weights[entry.Key].RawData.Span));
        });
        // Folded, no norm and none of its numbers are left: a convolution stands before each.
        var folded = ModelProto.Parser.ParseFrom(OnnxSession.Export(network)).Graph;
        Assert.DoesNotContain(folded.Node, static node => node.OpType == "BatchNormalization");
        Assert.All(folded.Initializer, static tensor => Assert.DoesNotContain("running", tensor.Name, StringComparison.Ordinal));
        Assert.Contains(folded.Initializer, static tensor => tensor.Name == "conv1.0.bias");
    }

    [Fact]
    public void ManyWeightsStandInAFileBeside()
    {
        using var network = Make("ShuffleNetV2_x0_5");
        var (one, two) = (Path.Combine(_folder, "one.onnx"), Path.Combine(_folder, "two.onnx"));
        network.ExportOnnx(one);
        network.ExportOnnx(two, new() { MostWeightBytes = 1_000_000 });

        Assert.Equal(["one.onnx", "two.onnx", "two.onnx.data"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(new FileInfo(two).Length < 100_000);
        using var input = randn(1, 3, 224, 224);
        using var session = OnnxSession.Open(two);
        AssertClose(network.call(input), session.Run(input));
        using var whole = OnnxSession.Open(one);
        AssertClose(whole.Run(input), session.Run(input));
        Assert.Contains("Export it to a file", Assert.Throws<NotSupportedException>(() => OnnxSession.Export(network, new() { MostWeightBytes = 1_000_000 })).Message, StringComparison.Ordinal);
    }

    /// <summary>What is exported is what evaluation computes, and the module stays as it was.</summary>
    [Fact]
    public void AModuleInTrainingIsExportedAsItEvaluates()
    {
        using var network = Make("SinglePath");
        var evaluating = OnnxSession.Export(network);
        network.train();
        Assert.Equal(evaluating, OnnxSession.Export(network));
        Assert.True(network.training);
    }

    [Fact]
    public void OtherTypesOfElementsStay()
    {
        using var network = Make("SinglePath");
        using var input = randn(1, 3, Size, Size);
        using var expected = network.call(input);
        network.to(ScalarType.Float64);
        var wide = ModelProto.Parser.ParseFrom(OnnxSession.Export(network)).Graph;
        Assert.Equal((int)TensorProto.Types.DataType.Double, wide.Input.Single().Type.TensorType.ElemType);
        Assert.All(wide.Initializer.Where(static tensor => tensor.DataType != (int)TensorProto.Types.DataType.Int64), static tensor => Assert.Equal((int)TensorProto.Types.DataType.Double, tensor.DataType));
        network.to(ScalarType.Float16);
        using var session = OnnxSession.Load(OnnxSession.Export(network, new() { Height = Size, Width = Size }));
        var difference = (expected - session.Run(input.to(ScalarType.Float16))).abs().max().item<float>();
        Assert.InRange(difference, 0, 2e-2 * expected.abs().max().item<float>());

        network.children().First().to(ScalarType.Float32);
        Assert.Contains("several types", Assert.Throws<NotSupportedException>(() => OnnxSession.Export(network)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(22)]
    public void AnotherOpsetIsRefused(int opset)
    {
        using var network = Make("SinglePath");
        Assert.Contains("13 to 21", Assert.Throws<ArgumentOutOfRangeException>(() => OnnxSession.Export(network, new() { Opset = opset })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using var network = Make("GoogLeNet");
        AssertRefused<ArgumentException>("too small", new() { Height = 2 });
        AssertRefused<ArgumentOutOfRangeException>("at least 1", new() { Batch = 0 });
        AssertRefused<ArgumentException>("'conv1.conv.weight'", new() { InputName = "conv1.conv.weight" });
        AssertRefused<ArgumentException>("the result cannot be called 'x'", new() { InputName = "x", OutputName = "x" });
        AssertRefused<ArgumentException>("value", new() { InputName = "" });

        void AssertRefused<TException>(string expected, OnnxOptions options)
            where TException : Exception => Assert.Contains(expected, Assert.Throws<TException>(() => OnnxSession.Export(network, options)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nothing is left behind, and what stood there before stays.</summary>
    [Fact]
    public void AFileThatCannotBeWrittenIsNamed()
    {
        using var network = Make("SinglePath");
        var nowhere = Path.Combine(_folder, "missing", "net.onnx");
        Assert.Contains(Path.Combine(_folder, "missing"), Assert.Throws<DirectoryNotFoundException>(() => network.ExportOnnx(nowhere)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_folder, "folder.onnx"));
        Assert.ThrowsAny<SystemException>(() => network.ExportOnnx(Path.Combine(_folder, "folder.onnx")));
        Assert.Throws<ArgumentException>(() => network.ExportOnnx(""));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static NetworkModule Make(string name)
    {
        manual_seed(7);
        var network = Animals.Create(name);
        LikeTrained(network);
        return network;
    }

    private static void LikeTrained(nn.Module network)
    {
        using var noGradient = no_grad();
        // A trained network's statistics are not those of a new one.
        foreach (var (key, value) in network.named_buffers())
        {
            if (key.EndsWith("running_mean", StringComparison.Ordinal))
                value.normal_(0, 0.1);
            else if (key.EndsWith("running_var", StringComparison.Ordinal))
                value.uniform_(0.5, 1.5);
        }
        network.eval();
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = (expected - actual).abs().max().item<float>() / expected.abs().max().item<float>();
        Assert.InRange(difference, 0, Single);
    }

    /// <summary>Takes away what the file says of its values, asks for all of them, and compares what ONNX Runtime then finds.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="mayBeUnknown">Whether it may find nothing: it does not follow a shape that is computed, as behind a shuffle of open size.</param>
    private static void AssertShapesAreInferred(byte[] bytes, bool mayBeUnknown)
    {
        var model = ModelProto.Parser.ParseFrom(bytes);
        var said = model.Graph.ValueInfo.Concat(model.Graph.Output).ToDictionary(static value => value.Name, static value => value.Type.TensorType.Shape.Dim.Select(static size => size.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? size.DimValue : -1).ToArray());
        // All but what the nodes of a layer make on the way to its result.
        var names = model.Graph.Node.Select(static node => node.Name).ToList();
        Assert.All(model.Graph.Node.Where(node => !node.Output.All(said.ContainsKey)), node => Assert.Contains(names, name => node.Name.StartsWith(name + "/", StringComparison.Ordinal)));
        model.Graph.ValueInfo.Clear();
        model.Graph.Output.Clear();
        model.Graph.Output.Add(said.Keys.Select(static name => new ValueInfoProto { Name = name, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float } } }));
        using var stream = new MemoryStream();
        Google.Protobuf.MessageExtensions.WriteTo(model, stream);
        using var session = OnnxSession.Load(stream.ToArray(), isOptimized: false);
        Assert.All(session.Outputs, output => Assert.Equal(said[output.Key], output.Value.Zip(said[output.Key], (size, own) => mayBeUnknown && size < 0 ? own : size)));
        Assert.Equal(said.Count, session.Outputs.Count);
    }
}
