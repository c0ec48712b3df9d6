using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A GPU's kernels, until they fail once; from then on torch's operations. What failed is kept until all is disposed, since other threads may be in it.</summary>
internal sealed class FallbackDevice : IFusedDevice
{
    private readonly string _network;
    private readonly IFusedDevice _kernels;
    private readonly TorchDevice _torch;
    private volatile IFusedDevice _current;

    /// <param name="network">The network's name.</param>
    /// <param name="kernels">The GPU's kernels.</param>
    /// <param name="torch">Torch's operations.</param>
    public FallbackDevice(string network, IFusedDevice kernels, TorchDevice torch) => (_network, _kernels, _torch, _current) = (network, kernels, torch, kernels);

    public KernelNetwork? Network => _current.Network;

    public Tensor[] Run(Tensor[] inputs)
    {
        try
        {
            return _current.Run(inputs);
        }
        catch (Exception fault) when (FallbackNotice.Covers(fault))
        {
            Switch(fault);
        }
        return _torch.Run(inputs);
    }

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
        _torch.Run(input, output, batch, height, width);
    }

    /// <summary>A GPU's kernels keep no value but the results.</summary>
    public Tensor[] Features(Tensor[] inputs, string[] names) => _torch.Features(inputs, names);

    public void Trim() => _current.Trim();

    public void Save(string path) => _kernels.Save(path);

    public void Dispose()
    {
        _kernels.Dispose();
        _torch.Dispose();
    }

    private void Switch(Exception fault)
    {
        FallbackNotice.Say(_network, "torch's operations", fault);
        _current = _torch;
    }
}
