using System.ComponentModel;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A factor for each channel, a parameter of its own in the module that it is registered in: ConvNeXt's layer_scale.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LearnedScale
{
    private readonly Parameter _first;
    private (nn.Module Owner, string Name)? _place;

    /// <summary>Makes the parameter.</summary>
    /// <param name="channels">C.</param>
    /// <param name="init">What each factor begins with.</param>
    public LearnedScale(int channels, double init)
    {
        using var noGradient = no_grad();
        _first = new Parameter(full([channels, 1, 1], init, float32));
    }

    /// <summary>C x 1 x 1. The module may have moved since it was registered, and then has another.</summary>
    internal Parameter Parameter => _place is var (owner, name) ? owner.get_parameter(name)! : _first;

    /// <summary>Each channel times its factor.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>A new tensor.</returns>
    public Tensor call(Tensor input) => input * Parameter;

    internal void RegisterIn(nn.Module owner, string name)
    {
        owner.register_parameter(name, _first);
        _place = (owner, name);
    }
}
