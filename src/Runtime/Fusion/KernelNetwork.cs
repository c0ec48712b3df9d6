using Blockwright.Cpu.Steps;
using Blockwright.Gpu.Cuda;
using Blockwright.Plans;
using Blockwright.Weights;

namespace Blockwright;

/// <summary>
/// A network for inference on Blockwright's own kernels, on a CPU or a GPU, without torch: what a program runs that only loads a snapshot. It may be called from several
/// threads at once, and allocates no managed memory per run once it has run at a size. Where it belongs to a snapshot of a network whose layers do not all have a kernel, torch computes those between its kernels (BW4006).
/// </summary>
public sealed class KernelNetwork : IDisposable
{
    /// <summary>The timed runs of a profile where nobody says how many.</summary>
    internal const int ProfileRuns = 50;

    private readonly IKernelExecutor _executor;
    private readonly NetworkPlans _plans;

    /// <param name="plans">The plans of a network that has one for the CPU.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="options">How it computes.</param>
    /// <param name="islands">What computes layers without a kernel, which is disposed with this once there is one; null where there are none.</param>
    internal KernelNetwork(NetworkPlans plans, FoldedWeights weights, FuseOptions options, IIslands? islands = null)
    {
        options.Check();
        (Name, Plan, _plans) = (plans.Network, plans.Cpu!, plans);
        _executor = KernelExecutors.Open(plans, weights, options, islands);
    }

    /// <summary>Ends the threads of a network that nobody disposed: they hold their team, and nothing that holds this.</summary>
    ~KernelNetwork() => _executor?.Dispose();

    /// <summary>The declared input's channels, height and width; of several inputs those of the first, by which the others' sizes go.</summary>
    public (int Channels, int Height, int Width) Input => (Plan.InChannels, Plan.Grids[0].Height, Plan.Grids[0].Width);

    /// <summary>What it takes where the first input is of a size, in the order in which the spans hold it: several inputs lie one behind another, each of all images.</summary>
    /// <param name="height">H of the first input.</param>
    /// <param name="width">W of the first input.</param>
    /// <returns>The inputs: each has its name, or is called <c>input</c> where it is the only one.</returns>
    /// <exception cref="ArgumentException">Another input has no size as much larger or smaller than the first as it is declared.</exception>
    public IReadOnlyList<(string Name, int Channels, int Height, int Width)> InputsOf(int height, int width) => [.. InputSizes.At(_plans, height, width).Select(static input => (input.Name, input.Channels, input.Height, input.Width))];

    /// <summary>What it runs on, for people: the device, as its driver names it.</summary>
    public string Device => _executor.Device;

    internal string Name { get; }

    internal CpuPlan Plan { get; }

    internal long IdleBytes => _executor.IdleBytes;

    /// <summary>CUDA's kernels, where it runs on them.</summary>
    internal CudaKernels? Cuda => _executor as CudaKernels ?? (_executor as FallbackExecutor)?.Cuda;

    /// <summary>Loads a saved snapshot. Called by the build's code: use the network's <c>LoadFused</c>.</summary>
    /// <param name="plans">The plans of the network that it was taken of.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it computes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="WeightsException">The file is damaged, of another version, or of a network with another name or other weights: keys, shapes, norms, the layers' order.
    /// What has no weights (activations, strides, pools) is no part of the file.</exception>
    /// <exception cref="NotSupportedException">A layer of the network has no kernel.</exception>
    public static KernelNetwork Load(NetworkPlans plans, string path, FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.UseKernels)
            throw new ArgumentException("A snapshot that comes from a file has no torch module to fall back on: UseKernels must be true.", nameof(options));
        plans = FoldedWeights.PlansFor(path, plans);
        using var file = options.Weights is null ? new OpeningFile(path) : null;
        if (plans.Unplanned is { } reason)
            throw new NotSupportedException($"A snapshot of {plans.Network} that comes from a file runs on Blockwright's kernels; {reason}.");
        if (plans.WithoutKernel is { } layers || plans.Cpu is not { } plan)
            throw new NotSupportedException($"There is no kernel for a layer of {plans.Network}, {plans.WithoutKernel} (BW4006): torch computes it, and its snapshots are not saved. Load the weights into the network, net.LoadWeights(path), and take a snapshot of it; for a program without torch there is Blockwright.Onnx's net.ExportOnnx(path).");
        if (options.Fallback == FuseFallback.Torch)
            throw new ArgumentException("A snapshot that comes from a file has no torch module to fall back on: Fallback may be Cpu.", nameof(options));
        return new(plans, options.Weights?.Invoke(plan) ?? FoldedWeights.Load(file!.Opened, plans.Network, plan), options);
    }

    /// <summary>Saves the folded weights, as .safetensors.</summary>
    /// <param name="path">The file; its name ends with <c>.safetensors</c>.</param>
    /// <exception cref="WeightsException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">Torch computes some of the network, which no file holds.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Save(string path)
    {
        if (_plans.WithoutKernel is { } layers)
            throw new InvalidOperationException($"This snapshot of {Name} cannot be saved: there is no kernel for {layers} (BW4006), which torch computes, and a file holds weights for kernels alone. Save the network's own, net.SaveWeights(path), and take a snapshot of one that has loaded them; for a program without torch there is Blockwright.Onnx's net.ExportOnnx(path).");
        _executor.Save(path);
    }

    /// <summary>Computes the result for images of the declared size.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them; several inputs one behind another, each of all images, in the order of <see cref="InputsOf"/>.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; several results one behind another, each of all images, in the order of <see cref="ResultsOf"/>. It may be longer.</param>
    /// <param name="batch">N; with 0 nothing is written.</param>
    /// <exception cref="ArgumentException">The input is of another length, or the output is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, Input.Height, Input.Width);

    /// <summary>Computes the result for images of any size that the network's windows fit on.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them; several inputs one behind another, each of all images, in the order of <see cref="InputsOf"/>.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; several results one behind another, each of all images, in the order of <see cref="ResultsOf"/>. It may be longer.</param>
    /// <param name="batch">N.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentException">The input is of another length, or the output is shorter, or the network does not take the size.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        InputSizes.CheckLength(_plans, input.Length, batch, height, width);
        if (batch == 0)
            _ = OutputOf(height, width); // of no image there is nothing to compute, but the size has to be one that the network takes
        else
            _executor.Run(input, output, batch, height, width);
    }

    /// <summary>The names of the values that <see cref="Features"/> gives.</summary>
    public IReadOnlyList<string> FeatureNames => [.. Plan.Named.Select(static value => value.Name)];

    /// <summary>What <see cref="Features"/> gives for images of a size, in the order in which it writes them.</summary>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <returns>The values' shapes.</returns>
    /// <exception cref="ArgumentException">A name is none of a value's, or the network does not take the size.</exception>
    public IReadOnlyList<KernelResult> FeaturesOf(int height, int width, params string[] names)
    {
        var grids = GridSizes.Of(Name, Plan.Grids, Plan.SizeRules, height, width);
        return [.. Named(names).Select(value => KernelResult.Of(value.Name, value.Channels, grids[value.Grid], value.IsFlat, value.Dimensions))];
    }

    /// <summary>Computes values of the network by their names, and what they need alone.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them; several inputs one behind another, each of all images, in the order of <see cref="InputsOf"/>.</param>
    /// <param name="output">Where the values go, one behind another, each of all images, in the order of <see cref="FeaturesOf"/>. It may be longer.</param>
    /// <param name="batch">N; with 0 nothing is written.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <exception cref="ArgumentException">A name is none of a value's, a span is of the wrong length, or the network does not take the size.</exception>
    /// <exception cref="NotSupportedException">The network runs on a GPU.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Features(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width, params string[] names)
    {
        InputSizes.CheckLength(_plans, input.Length, batch, height, width);
        if (batch == 0)
            _ = FeaturesOf(height, width, names);
        else
            _executor.Run(input, output, batch, height, width, Named(names));
    }

    private PlanNamed[] Named(string[] names)
    {
        ValueNames.Check(_plans, names, isTraining: false);
        return Array.ConvertAll(names, name => Plan.Named.FirstOrDefault(value => value.Name == name) ?? throw ValueNames.Fused(Name, name, FeatureNames));
    }

    /// <summary>
    /// Computes the result for images in the memory of the CUDA device that it runs on, in the order of a stream: it is not there yet when this returns. The addresses are those of the device's primary context, which is the
    /// one of CUDA's runtime and of torch.
    /// </summary>
    /// <param name="input">The address of N x C x H x W floats; several inputs one behind another, each of all images, in the order of <see cref="InputsOf"/>.</param>
    /// <param name="output">The address of room for N x C' x H' x W' (or N x F) floats, which the input does not share; several results one behind another, each of all images, in the order of <see cref="ResultsOf"/>.</param>
    /// <param name="batch">N; with 0 nothing is written.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="stream">The stream (CUstream); 0 is CUDA's default stream, which torch uses.</param>
    /// <exception cref="InvalidOperationException">The network does not run on CUDA.</exception>
    /// <exception cref="ArgumentException">An address is none of a float, or the network does not take the size.</exception>
    /// <exception cref="CudaException">The device refuses something.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void RunOnDevice(ulong input, ulong output, int batch, int height, int width, nint stream = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        OnCuda().RunOnDevice(input, output, batch, height, width, stream);
    }

    /// <summary>The same of inputs and results that lie each where it likes.</summary>
    /// <param name="inputs">The address of each input, in the order of <see cref="InputsOf"/>: N x C x H x W floats.</param>
    /// <param name="outputs">The address of room for each result, in the order of <see cref="ResultsOf"/>, which shares memory with no other and with no input.</param>
    /// <param name="batch">N; with 0 nothing is written.</param>
    /// <param name="height">H of the first input.</param>
    /// <param name="width">W of the first input.</param>
    /// <param name="stream">The stream (CUstream); 0 is CUDA's default stream, which torch uses.</param>
    /// <exception cref="InvalidOperationException">The network does not run on CUDA.</exception>
    /// <exception cref="ArgumentException">There are more addresses or fewer, one is none of a float, memory is shared, or the network does not take the size.</exception>
    /// <exception cref="CudaException">The device refuses something.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void RunOnDevice(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, int batch, int height, int width, nint stream = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        OnCuda().RunOnDevice(inputs, outputs, batch, height, width, stream);
    }

    private CudaKernels OnCuda() => Cuda ?? throw new InvalidOperationException($"{Name} runs on {Device}, and takes addresses of a CUDA device's memory on one alone: FuseOptions.Device = FuseDevice.Cuda.");

    /// <summary>Lets the CPU take the place of a GPU that failed, where it is to.</summary>
    internal bool FallsBack(Exception fault)
    {
        (_executor as FallbackExecutor)?.Switch(fault);
        return _executor is FallbackExecutor;
    }

    /// <summary>Runs images again and again, and says where the time goes: each step of the plan within whole runs, on the network's own threads.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them; several inputs one behind another, each of all images, in the order of <see cref="InputsOf"/>.</param>
    /// <param name="batch">N.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="iterations">The runs that are timed, at most a million; more come before, from 20 on until the JIT compiles nothing more, three seconds at most.</param>
    /// <returns>The profile.</returns>
    /// <remarks>With as many images as threads or more, each thread has images of its own; a profile then takes them one after another, on one thread.</remarks>
    /// <exception cref="ArgumentException">The span is of the wrong length, or the network does not take the size.</exception>
    /// <exception cref="NotSupportedException">The network runs on a GPU.</exception>
    public NetworkProfile Profile(ReadOnlySpan<float> input, int batch, int height, int width, int iterations = ProfileRuns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        CheckRuns(iterations);
        InputSizes.CheckLength(_plans, input.Length, batch, height, width);
        return _executor.Profile(input, batch, height, width, iterations).Profile(_plans, batch, height, width);
    }

    /// <summary>Profiles one image of the declared size, else as <see cref="Profile(ReadOnlySpan{float}, int, int, int, int)"/>.</summary>
    /// <param name="input">C x H x W values, as torch lays them.</param>
    /// <param name="iterations">The runs that are timed, at most a million: no batch, which the other overload takes.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">The span is of another length.</exception>
    /// <exception cref="NotSupportedException">The network runs on a GPU.</exception>
    public NetworkProfile Profile(ReadOnlySpan<float> input, int iterations = ProfileRuns) => Profile(input, 1, Input.Height, Input.Width, iterations);

    /// <summary>Each run's moments are kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no run, or more than a million.</exception>
    internal static void CheckRuns(int iterations)
    {
        const int Most = 1_000_000;
        if (iterations is < 1 or > Most)
            throw new ArgumentOutOfRangeException(nameof(iterations), iterations, "A profile takes 1 to 1,000,000 runs.");
    }

    /// <summary>What it gives for images of a size, in the order in which <see cref="Run(ReadOnlySpan{float}, Span{float}, int, int, int)"/> writes them.</summary>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <returns>The results; there is one where the declaration names no others.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public IReadOnlyList<KernelResult> ResultsOf(int height, int width)
    {
        var grids = GridSizes.Of(Name, Plan.Grids, Plan.SizeRules, height, width);
        return [.. Plan.Results.Select(result => KernelResult.Of(result.Name, result.Channels, grids[result.Grid], result.IsFlat, result.Dimensions))];
    }

    /// <summary>The result's channels, height and width for an input's; 1 x 1 for features. Of several results those of the first.</summary>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <returns>C', H' and W'.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public (int Channels, int Height, int Width) OutputOf(int height, int width)
    {
        var result = ResultsOf(height, width)[0];
        return (result.Channels, result.Height, result.Width);
    }

    /// <summary>Frees the memory that is kept between calls; the next call allocates its own again.</summary>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Trim() => _executor.Trim();

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose()
    {
        _executor.Dispose();
        GC.SuppressFinalize(this);
    }
}
