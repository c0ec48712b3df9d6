namespace Blockwright.Kernels.Simd;

/// <summary>A clamp that ends a sum while it is in registers: min(max(x, Least), Greatest). The default bounds nothing.</summary>
internal readonly struct Bounds(float least, float greatest)
{
    public readonly float Least = least;

    public readonly float Greatest = greatest;

    /// <summary>Whether <see cref="Least"/> changes anything.</summary>
    public readonly bool HasLeast = least > float.NegativeInfinity;

    /// <summary>Whether <see cref="Greatest"/> changes anything.</summary>
    public readonly bool HasGreatest = greatest < float.PositiveInfinity;
}
