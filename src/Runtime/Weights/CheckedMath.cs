namespace Blockwright.Weights;

/// <summary>Arithmetic on the sizes that a file declares. They are never trusted, so each result is either exact or refused.</summary>
internal static class CheckedMath
{
    /// <summary>The product of two sizes; false if one is negative or the product is beyond 63 bits.</summary>
    public static bool TryMultiply(long left, long right, out long product)
    {
        product = 0;
        if (left < 0 || right < 0 || (right != 0 && left > long.MaxValue / right))
            return false;
        product = left * right;
        return true;
    }

    /// <summary>The sum of two sizes; false if one is negative or the sum is beyond 63 bits.</summary>
    public static bool TryAdd(long left, long right, out long sum)
    {
        sum = 0;
        if (left < 0 || right < 0 || left > long.MaxValue - right)
            return false;
        sum = left + right;
        return true;
    }

    /// <summary>The number of elements of a shape. As in safetensors, a product that overflows is refused even if a later dimension is 0.</summary>
    public static bool TryProduct(ReadOnlySpan<long> shape, out long product)
    {
        product = 1;
        foreach (var size in shape)
            if (!TryMultiply(product, size, out product))
                return false;
        return true;
    }
}
