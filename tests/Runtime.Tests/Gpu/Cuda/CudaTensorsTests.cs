using System.Collections.Immutable;
using Blockwright.Gpu.Cuda;
using Blockwright.Kernels;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>A network's program on the fake card, whose memory is the host's: torch's tensors of the CPU stand for the card's.</summary>
[Collection(CudaCollection.Name)]
public sealed unsafe class CudaTensorsTests : IDisposable
{
    private readonly Bench _bench = new();

    public CudaTensorsTests()
    {
        _bench.Driver.Kernels.Add("scale", (7, Scale));
        _bench.Driver.Kernels.Add("turn", (5, Turn));
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(3, 4, 5)]
    [InlineData(2, 9, 8)]
    public void TensorsAreReadAndWrittenWhereTheyLie(int batch, int height, int width)
    {
        using (var device = Open())
        {
            using var whole = randn(batch + 2, 2, height, width);
            using var input = whole.narrow(0, 1, batch); // It begins within its storage.
            using var output = device.Run([input])[0];
            using var expected = Expected(input);
            Assert.Equal([batch, 2, height, width], output.shape);
            Assert.True(output.allclose(expected, 1e-6, 1e-6));

            using var strided = whole.narrow(0, 0, batch).transpose(2, 3);
            using var turned = device.Run([strided])[0];
            using var expectedTurned = Expected(strided);
            Assert.True(turned.allclose(expectedTurned, 1e-6, 1e-6));
        }
        Assert.Empty(_bench.Driver.Held);
        Assert.Empty(_bench.Driver.Violations);
    }

    [Fact]
    public void HostMemoryGivesTheSame()
    {
        using var device = Open();
        using var input = randn(3, 2, 4, 5);
        using var output = device.Run([input])[0];
        var values = new float[3 * 2 * 4 * 5];
        device.Run(input.data<float>().ToArray(), values, 3, 4, 5);
        Assert.Equal(output.data<float>().ToArray(), values);
    }

    [Fact]
    public void LaunchesAreTheProgramsForTheSize()
    {
        using var device = Open();
        using var input = randn(7, 2, 4, 5);
        device.Run([input])[0].Dispose();
        var (scale, turn) = (_bench.Driver.LastGraph[0], _bench.Driver.LastGraph[1]);
        Assert.Equal(("scale", "turn"), (scale.Kernel, turn.Kernel));
        // 7 x 4 x 5 pixels by 64 are 3 groups, each for two parts of the channels.
        Assert.Equal((6u, 1u, 1u, 32u, 0u), (scale.Parameters.GridX, scale.Parameters.GridY, scale.Parameters.GridZ, scale.Parameters.BlockX, scale.Parameters.SharedBytes));
        Assert.Equal([0u, 7u, 4u, 5u], scale.Arguments[3..]);
        Assert.Equal(scale.Arguments[1], turn.Arguments[0]);
        Assert.Equal([scale.Handle], turn.After);
        // What lies between them: 280 floats, to the next 256 bytes. The weights and biases are 4 floats.
        Assert.Contains("cuMemAlloc 1280", _bench.Driver.Calls);
        Assert.Contains("cuMemcpyHtoD 16", _bench.Driver.Calls);
    }

    [Fact]
    public void KernelsAreCompiledEachByItselfInTheDialectOfCuda()
    {
        Open().Dispose();
        Assert.Equal(2, _bench.Nvrtc.Compiled.Count);
        Assert.Equal(2, Directory.GetFiles(_bench.Folder["cache"]).Length);
    }

    [Fact]
    public void OtherTypesAndDevicesAndSizesAreRefused()
    {
        using var device = Open();
        using var doubles = randn(1, 2, 4, 5, ScalarType.Float64);
        Assert.Contains("was taken of a Float32 network on cpu, and was given Float64 on cpu", Assert.Throws<ArgumentException>(() => device.Run([doubles])).Message, StringComparison.Ordinal);
        using var meta = empty([1, 2, 4, 5], device: META);
        Assert.Contains("and was given Float32 on meta", Assert.Throws<ArgumentException>(() => device.Run([meta])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => device.Run(new float[40], new float[39], 1, 4, 5));
    }

    /// <summary>A network without torch, from and to addresses, on a stream of the caller's.</summary>
    [Fact]
    public void AddressesAreTaken()
    {
        using (var network = Network())
        {
            using var input = randn(3, 2, 4, 5);
            using var expected = Expected(input);
            var values = new float[3 * 2 * 4 * 5];
            fixed (float* from = input.data<float>().ToArray(), to = values)
                network.RunOnDevice((ulong)from, (ulong)to, 3, 4, 5, stream: 0x77);
            Assert.True(tensor(values, [3, 2, 4, 5]).allclose(expected, 1e-6, 1e-6));
            Assert.Contains("cuGraphLaunch 119", _bench.Driver.Calls);
            Assert.StartsWith("CUDA: ", network.Device, StringComparison.Ordinal);
            Assert.EndsWith(" (sm_90)", network.Device, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => network.RunOnDevice(16, 32, -1, 4, 5));
            Assert.Throws<ArgumentException>(() => network.RunOnDevice(0, 32, 1, 4, 5));
        }
        Assert.Empty(_bench.Driver.Held);
    }

    /// <summary>Two inputs to two results, each where it lies; from and to plain memory one behind another.</summary>
    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(3, 8, 10)]
    public void SeveralTensorsAreReadAndWrittenWhereTheyLie(int batch, int height, int width)
    {
        using var scope = NewDisposeScope();
        using (var network = Two())
        using (var device = new CudaTensors(network, CPU, isOnDevice: true))
        {
            var inputs = new[] { randn(batch + 1, 2, height, width).narrow(0, 1, batch), randn(batch, 2, 2 * width, 2 * height).transpose(2, 3) };
            var expected = new[] { inputs[0].flip(1) * 2, inputs[1].flip(1) * 2 };
            AssertSame(device.Run(inputs));
            Assert.Equal([[0, 2, height, width], [0, 2, 2 * height, 2 * width]], device.Run(Array.ConvertAll(inputs, static input => input.narrow(0, 0, 0))).Select(static result => result.shape));

            var values = inputs.SelectMany(static input => input.contiguous().data<float>()).ToArray();
            var output = new float[values.Length];
            network.Run(values, output, batch, height, width);
            AssertSame(Results(output));
            Assert.Equal([(1, "input"), (2, "other")], network.InputsOf(height, width).Select((input, i) => (input.Height / height, input.Name)));

            var other = new float[values.Length];
            fixed (float* from = values, to = other)
                network.RunOnDevice((ulong)from, (ulong)to, batch, height, width);
            Assert.Equal(output, other);
            fixed (float* from = values, to = other)
            {
                Array.Clear(other);
                var half = (ulong)(batch * 2 * height * width * sizeof(float));
                network.RunOnDevice([(ulong)from, (ulong)from + half], [(ulong)to, (ulong)to + half], batch, height, width);
            }
            Assert.Equal(output, other);
            Assert.Equal("Two takes 2 inputs, and was given 1 addresses for them. (Parameter 'inputs')", Assert.Throws<ArgumentException>(() => network.RunOnDevice([64], [128, 256], 1, 4, 5)).Message);
            Assert.Equal("Two gives 2 results, and was given 3 addresses for them. (Parameter 'outputs')", Assert.Throws<ArgumentException>(() => network.RunOnDevice([64, 128], [128, 256, 512], 1, 4, 5)).Message);

            void AssertSame(Tensor[] found)
            {
                Assert.Equal(2, found.Length);
                foreach (var (one, its) in expected.Zip(found))
                    Assert.True(one.allclose(its, 1e-6, 1e-6));
            }

            Tensor[] Results(float[] all) => [tensor(all[..(int)expected[0].numel()], expected[0].shape), tensor(all[(int)expected[0].numel()..], expected[1].shape)];
        }
        Assert.Empty(_bench.Driver.Held);
        Assert.Empty(_bench.Driver.Violations);
    }

    [Fact]
    public void TensorsOfTheCpuAreTakenWhereTheModuleWas()
    {
        using var device = new CudaTensors(Network(), new Device(TorchSharp.DeviceType.CUDA, 1), isOnDevice: false);
        using var input = randn(3, 2, 4, 5);
        using var output = device.Run([input])[0];
        using var expected = Expected(input);
        Assert.True(output.allclose(expected, 1e-6, 1e-6));
        Assert.Contains("cuGraphAddMemcpyNode Host Device 480 c0", _bench.Driver.Calls);
    }

    [Fact]
    public void TheDeviceThatTheOptionsNameIsTaken()
    {
        _bench.Driver.Devices = 2;
        var options = new FuseOptions { Device = FuseDevice.Cuda, DeviceIndex = 1, Cuda = _bench.Machine };
        var plans = new NetworkPlans("Net", 2, 4, 5, CpuTable.Write(Plan), GpuTable.Write(Program));
        new KernelNetwork(plans, Folded, options).Dispose();
        Assert.Contains("cuDeviceGet 1", _bench.Driver.Calls);
        var fault = Assert.Throws<CudaException>(() => new KernelNetwork(plans, Folded, options with { DeviceIndex = 2 }));
        Assert.StartsWith("There is no CUDA device 2: the driver lists 2, counted from 0.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Driver.Held);
    }

    [Fact]
    public void NoImagesGiveNoValues()
    {
        using var device = Open();
        using var input = zeros(0, 2, 4, 5);
        using var output = device.Run([input])[0];
        Assert.Equal([0, 2, 4, 5], output.shape);
        device.Run([], [], 0, 4, 5);
        Assert.DoesNotContain("cuGraphLaunch", _bench.Driver.CallNames);
    }

    [Fact]
    public void ClassWithoutKernelsForAGpuSaysHowToBuildItAndHoldsNothing()
    {
        var fault = Assert.Throws<NotSupportedException>(() => new CudaKernels(CudaDevice.Open(_bench.Driver.Open(), 0), _bench.Code, new NetworkPlans("Net", 2, 4, 5, "cpu "), Folded, 0));
        Assert.Equal("Net was built without kernels for a GPU: build it with BlockwrightDevice=cuda, in its project or as -p:BlockwrightDevice=cuda.", fault.Message);
        Assert.Empty(_bench.Driver.Held);
    }

    private static FoldedWeights Folded => new(new() { ["conv"] = new([2, 1, 1, 1], [0.5f, -3], [0.25f, 1]) });

    private CudaTensors Open()
    {
        return new(Network(), CPU, isOnDevice: true);
    }

    private KernelNetwork Network() => new(new NetworkPlans("Net", 2, 4, 5, CpuTable.Write(Plan), GpuTable.Write(Program)), Folded, new FuseOptions { Device = FuseDevice.Cuda, KeptBytes = 1 << 20, Cuda = _bench.Machine });

    /// <summary>What a network is asked of its shapes; nothing runs it.</summary>
    private static CpuPlan Plan => new("identity", ElementType.Float32, 2, [new("", 2, 0, false)], 0, [new(GridKind.Input, -1, Window.Pixel, false, 4, 5)], [], [], []);

    private static Tensor Expected(Tensor input)
    {
        using var scale = tensor([0.5f, -3f]).reshape(1, 2, 1, 1);
        using var shift = tensor([0.25f, 1f]).reshape(1, 2, 1, 1);
        return ((input * scale) + shift).flip(1) * 2;
    }

    private static GpuProgram Program => new(
        "identity", ElementType.Float32, 1, [new("", 2, 0, false)],
        [new(GridKind.Input, -1, Window.Pixel, false, 4, 5)], [], 1,
        [new(2, 0, -1), new(2, 0, -1), new(2, 0, 0)],
        [new(new("conv", [2, 1, 1, 1], true, "", 0), GpuPacking.Channels, 2, [], [], 0)],
        [new("scale", 32, 0, "KERNEL(scale, 32, int none)\n{\n}\n"), new("turn", 32, 0, "KERNEL(turn, 32, int none)\n{\n}\n")],
        [new(1,
        [
            new(0, new(0, 64, 2), [Buffer(0), Buffer(2), new(GpuArgumentKind.Weights, 0), new(GpuArgumentKind.Number, 0), .. Size], "conv") { Reads = [new(0, 0, 2)], Writes = [new(2, 0, 2)] },
            new(1, new(0, 64, 2), [Buffer(2), Buffer(1), .. Size], "turn") { Reads = [new(2, 0, 2)], Writes = [new(1, 0, 2)] },
        ])]);

    /// <summary>Each of two inputs, of which the second is twice as large, is turned.</summary>
    private KernelNetwork Two()
    {
        ImmutableArray<PlanGrid> grids = [new(GridKind.Input, -1, Window.Pixel, false, 4, 5), new(GridKind.Resized, 0, Window.Pixel, false, 8, 10) { Resizing = new(2, 2, 0, 0) }];
        ImmutableArray<PlanResult> results = [new("First", 2, 0, false), new("Second", 2, 1, false)];
        var program = new GpuProgram(
            "identity", ElementType.Float32, 2, results, grids, [], 0, [new(2, 0, -1), new(2, 1, -1), new(2, 0, -1), new(2, 1, -1)], [], [new("turn", 32, 0, "KERNEL(turn, 32, int none)\n{\n}\n")],
            [new(1, [Turned(0), Turned(1)])]);
        CpuPlan plan = new("identity", ElementType.Float32, 2, results, 0, grids, [], [], []);
        var inputs = InputsTable.Write([new("input", 2, 4, 5), new("other", 2, 8, 10)]);
        return new(new NetworkPlans("Two", 2, 4, 5, CpuTable.Write(plan), GpuTable.Write(program), inputs), new(new()), new FuseOptions { Device = FuseDevice.Cuda, KeptBytes = 1 << 20, Cuda = _bench.Machine });

        static GpuLaunch Turned(int grid) => new(0, new(grid, 64, 2), [Buffer(grid), Buffer(2 + grid), new(GpuArgumentKind.Batch, 0), new(GpuArgumentKind.Height, grid), new(GpuArgumentKind.Width, grid)], "turn")
        {
            Reads = [new(grid, 0, 2)],
            Writes = [new(2 + grid, 0, 2)],
        };
    }

    private static GpuArgument[] Size => [new(GpuArgumentKind.Batch, 0), new(GpuArgumentKind.Height, 0), new(GpuArgumentKind.Width, 0)];

    private static GpuArgument Buffer(int number) => new(GpuArgumentKind.Buffer, number);

    private static void Scale(ulong[] arguments)
    {
        float* from = (float*)arguments[0], to = (float*)arguments[1], weights = (float*)arguments[2] + arguments[3];
        var plane = (int)(arguments[5] * arguments[6]);
        for (var i = 0; i < (int)arguments[4] * 2 * plane; i++)
            to[i] = (from[i] * weights[i / plane % 2]) + weights[2 + (i / plane % 2)];
    }

    private static void Turn(ulong[] arguments)
    {
        float* from = (float*)arguments[0], to = (float*)arguments[1];
        var plane = (int)(arguments[3] * arguments[4]);
        for (var i = 0; i < (int)arguments[2] * 2 * plane; i++)
            to[i] = from[i + ((i / plane % 2 == 0 ? 1 : -1) * plane)] * 2;
    }
}
