using System.ComponentModel;
using Blockwright.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A convolution with the batch norm behind it folded in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FoldedConvolution : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly long[] _dilation;
    private readonly long _groups;
    private readonly PaddingModes _mode;

    /// <summary>Copies a convolution's weights, folding a batch norm in.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="norm">The batch norm behind it, if any.</param>
    public FoldedConvolution(Conv2d convolution, BatchNorm2d? norm)
    {
        ArgumentNullException.ThrowIfNull(convolution);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var weight = convolution.weight;
        if (norm is null)
        {
            _weight = weight.detach().clone().DetachFromDisposeScope();
            _bias = convolution.bias?.detach().clone().DetachFromDisposeScope();
        }
        else
        {
            var (scale, shift) = NormFolding.Affine(norm);
            var (folded, bias) = NormFolding.Into(weight, convolution.bias, scale, shift);
            _weight = folded.to(weight.dtype).to(weight.device).DetachFromDisposeScope();
            _bias = bias.to(weight.dtype).to(weight.device).DetachFromDisposeScope();
        }
        (_stride, _padding, _dilation, _groups, _mode) = (convolution.stride, convolution.padding!, convolution.dilation, convolution.groups, convolution.padding_mode);
    }

    /// <summary>N x C x H x W to N x C' x H' x W'.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>A new tensor.</returns>
    public Tensor call(Tensor input)
    {
        if (_mode == PaddingModes.Zeros)
            return nn.functional.conv2d(input, _weight, _bias, _stride, _padding, _dilation, _groups);
        using var padded = nn.functional.pad(input, [_padding[1], _padding[1], _padding[0], _padding[0]], _mode);
        return nn.functional.conv2d(padded, _weight, _bias, _stride, [0, 0], _dilation, _groups);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}

/// <summary>A transposed convolution with the batch norm behind it folded in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FoldedConvTranspose : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly Func<Tensor, Tensor, Tensor?, Tensor> _compute;

    /// <summary>Copies a convolution's weights, folding a batch norm in.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="norm">The batch norm behind it, if any.</param>
    public FoldedConvTranspose(ConvTranspose2d convolution, BatchNorm2d? norm)
    {
        ArgumentNullException.ThrowIfNull(convolution);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var weight = convolution.weight;
        var (folded, bias) = (weight.detach().clone(), convolution.bias?.detach().clone());
        if (norm is not null)
        {
            var (scale, shift) = NormFolding.Affine(norm);
            (folded, bias) = NormFolding.IntoTransposed(weight, convolution.bias, scale, shift, convolution.groups);
        }
        _weight = folded.to(weight.dtype).to(weight.device).DetachFromDisposeScope();
        _bias = bias?.to(weight.dtype).to(weight.device).DetachFromDisposeScope();
        var (stride, padding, output, dilation, groups) = (convolution.stride, convolution.padding, convolution.output_padding, convolution.dilation, convolution.groups);
        _compute = (input, w, b) => nn.functional.conv_transpose2d(input, w, b, stride, padding, output, dilation, groups);
    }

    /// <summary>N x C x H x W to N x C' x H' x W'.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>A new tensor.</returns>
    public Tensor call(Tensor input) => _compute(input, _weight, _bias);

    /// <inheritdoc />
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}

/// <summary>A copy of a linear layer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FoldedLinear : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <summary>Copies a linear layer's weights.</summary>
    /// <param name="linear">The layer.</param>
    public FoldedLinear(Linear linear)
    {
        ArgumentNullException.ThrowIfNull(linear);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _weight = linear.weight.detach().clone().DetachFromDisposeScope();
        _bias = linear.bias?.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>N x F to N x F'.</summary>
    /// <param name="input">N x F.</param>
    /// <returns>A new tensor.</returns>
    public Tensor call(Tensor input) => nn.functional.linear(input, _weight, _bias);

    /// <inheritdoc />
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
