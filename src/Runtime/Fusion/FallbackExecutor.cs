using Blockwright.Gpu.Cuda;
using Blockwright.Plans;

namespace Blockwright;

/// <summary>A GPU's kernels, until they fail once; from then on the CPU's. What failed is kept until all is disposed, since other threads may be in it.</summary>
internal sealed class FallbackExecutor : IKernelExecutor
{
    private readonly string _network;
    private readonly IKernelExecutor _gpu;
    private readonly Func<IKernelExecutor> _openCpu;
    private readonly Lock _lock = new();
    private volatile IKernelExecutor _current;
    private bool _isDisposed;

    /// <param name="network">The network's name.</param>
    /// <param name="gpu">The GPU's kernels.</param>
    /// <param name="openCpu">Makes the CPU's.</param>
    public FallbackExecutor(string network, IKernelExecutor gpu, Func<IKernelExecutor> openCpu) => (_network, _gpu, _openCpu, _current) = (network, gpu, openCpu, gpu);

    /// <summary>CUDA's kernels, as long as they run.</summary>
    public CudaKernels? Cuda => _current as CudaKernels;

    public string Device => _current.Device;

    public long IdleBytes => _current.IdleBytes;

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        try
        {
            _current.Run(input, output, batch, height, width);
            return;
        }
        catch (Exception fault) when (FallbackNotice.Covers(fault))
        {
            Switch(fault);
        }
        _current.Run(input, output, batch, height, width);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width, IReadOnlyList<PlanNamed> values) => _current.Run(input, output, batch, height, width, values);

    /// <summary>Lets the CPU go on.</summary>
    public void Switch(Exception fault)
    {
        lock (_lock)
        {
            if (_current != _gpu)
                return;
            if (_isDisposed)
                throw CallGate.Disposed(_network);
            FallbackNotice.Say(_network, "the CPU's kernels", fault);
            _current = _openCpu();
        }
    }

    public RunTimes Profile(ReadOnlySpan<float> input, int batch, int height, int width, int runs) => _current.Profile(input, batch, height, width, runs);

    public void Save(string path) => _current.Save(path);

    public void Trim() => _current.Trim();

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _gpu.Dispose();
            _current.Dispose();
        }
    }
}
