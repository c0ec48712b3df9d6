using static TorchSharp.torch;

namespace Digits;

/// <summary>Digits as a network takes them: images N x 1 x 8 x 8 of 0 to 1, labels N.</summary>
public sealed class DigitTensors : IDisposable
{
    public DigitTensors(IReadOnlyCollection<Digit> digits)
    {
        ArgumentNullException.ThrowIfNull(digits);
        var pixels = digits.SelectMany(digit => digit.Pixels).Select(pixel => (float)pixel / Digit.Brightest);
        Images = tensor([.. pixels], [digits.Count, 1, Digit.Side, Digit.Side]);
        Labels = tensor([.. digits.Select(digit => (long)digit.Label)]);
    }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    public int Count => (int)Labels.numel();

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
