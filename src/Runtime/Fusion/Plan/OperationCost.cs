using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>
/// What an operation computes and what it moves, in values: the one place that counts. The rules' messages, the build's budgets and the runtime's tables are made of this; both sides compile this file.
/// </summary>
/// <param name="Parameters">What it has learned.</param>
/// <param name="MultiplyAdds">Its multiply-adds.</param>
/// <param name="Read">The values that it reads, each map once; without the weights.</param>
/// <param name="Written">The values that it writes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct OperationCost(long Parameters, long MultiplyAdds, long Read, long Written)
{
    /// <summary>The bytes of a float32, which everything is counted in.</summary>
    public const int BytesPerValue = sizeof(float);

    /// <summary>The paper's memory access: hw(c1 + c2) + c1 c2 of a 1x1 convolution.</summary>
    public long Moved => checked(Read + Written + Parameters);

    /// <summary>The same in bytes.</summary>
    public long Bytes => checked(Moved * BytesPerValue);

    /// <summary>Floating-point operations for each byte that is moved, a multiply-add being two; 0 where nothing is.</summary>
    public double Intensity => Moved == 0 ? 0 : 2.0 * MultiplyAdds / ((double)Moved * BytesPerValue);

    /// <summary>Both one after the other.</summary>
    public static OperationCost operator +(OperationCost one, OperationCost other) => checked(new(
        one.Parameters + other.Parameters, one.MultiplyAdds + other.MultiplyAdds, one.Read + other.Read, one.Written + other.Written));

    /// <summary>Both one after the other.</summary>
    public static OperationCost Add(OperationCost one, OperationCost other) => one + other;

    /// <summary>What the same operation takes for several images: its weights are read once.</summary>
    public OperationCost For(long images) => checked(new(Parameters, MultiplyAdds * images, Read * images, Written * images));

    /// <summary>The values of a map.</summary>
    public static long Values(long channels, long height, long width) => checked(channels * height * width);

    /// <summary>An operation's, for one image.</summary>
    /// <param name="parameters">What it has learned.</param>
    /// <param name="multiplyAdds">Its multiply-adds.</param>
    /// <param name="read">The values that come in; 0 where it gives a view of them.</param>
    /// <param name="channels">Of the result.</param>
    /// <param name="height">Of the result.</param>
    /// <param name="width">Of the result.</param>
    /// <param name="isView">Whether it gives its input itself, or a view of it, so that nothing is moved.</param>
    public static OperationCost Of(long parameters, long multiplyAdds, long read, long channels, long height, long width, bool isView) =>
        checked(new(parameters, multiplyAdds, isView ? 0 : read, isView ? 0 : Values(channels, height, width)));

    /// <summary>hw(c1 + c2) + weights, the paper's formula, where a map has as many pixels on both sides.</summary>
    public static double Access(double pixels, double inputs, double outputs, double weights) => (pixels * (inputs + outputs)) + weights;

    /// <summary>2 sqrt(hwB) + weights with B = hw c1 c2: what equal channels on both sides would take for as many multiply-adds.</summary>
    public static double LeastAccess(double pixels, double inputs, double outputs, double weights) => (2 * pixels * Math.Sqrt(inputs * outputs)) + weights;
}
