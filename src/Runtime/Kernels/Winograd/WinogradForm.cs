namespace Blockwright.Kernels.Winograd;

/// <summary>
/// The numbers of F(m x m, 3 x 3): m x m outputs of a 3 x 3 window of stride 1 from (m + 2) x (m + 2) products instead of 9 m x m (Winograd 1980; Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks", 2016). Input and window are taken as polynomials, and multiplied at m + 1 points and at infinity.
/// </summary>
/// <remarks>
/// The points are 0 and pairs of both signs. 5/8 and 3/2 instead of the usual 1 and 2 leave a third of the error of F(4 x 4), since their powers stay near 1; all the coefficients of the input's side are
/// exact in a float.
/// </remarks>
internal sealed class WinogradForm
{
    /// <summary>F(2 x 2): 2.25 times fewer products, with fewer weights and less error than the other.</summary>
    public static readonly WinogradForm Two = new(2, [1]);

    /// <summary>F(4 x 4): 4 times fewer products.</summary>
    public static readonly WinogradForm Four = new(4, [F4.P, F4.Q]);

    private WinogradForm(int outputs, double[] points)
    {
        (Outputs, Inputs, Positions) = (outputs, outputs + 2, (outputs + 2) * (outputs + 2));
        double[] finite = [0, .. points.SelectMany(static point => new[] { point, -point })];
        Window = new double[Inputs * Taps];
        for (var i = 0; i < finite.Length; i++)
        {
            var scale = 1.0;
            for (var j = 0; j < finite.Length; j++)
                scale *= j == i ? 1 : finite[i] - finite[j];
            for (var tap = 0; tap < Taps; tap++)
                Window[(i * Taps) + tap] = Math.Pow(finite[i], tap) / scale;
        }
        Window[^1] = 1;
    }

    /// <summary>Rows and columns of the window.</summary>
    public const int Taps = 3;

    /// <summary>The most of <see cref="Inputs"/>.</summary>
    public const int MostInputs = 6;

    /// <summary>m: rows and columns of a tile of the output.</summary>
    public int Outputs { get; }

    /// <summary>m + 2: rows and columns of the tile of the input that it needs.</summary>
    public int Inputs { get; }

    /// <summary>Products for each input and output channel of a tile.</summary>
    public int Positions { get; }

    /// <summary>(m + 2) x 3: what the window's side is multiplied with, from both sides.</summary>
    public double[] Window { get; }

    public override string ToString() => FormattableString.Invariant($"F({Outputs} x {Outputs}, {Taps} x {Taps})");
}
