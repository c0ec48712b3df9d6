namespace Blockwright.Kernels.Simd;

/// <summary>
/// The operations of one instruction set on its vector type. Kernels are generic over the pair, and are compiled once for
/// each, so that the calls vanish and vectors stay in registers.
/// </summary>
/// <typeparam name="TVector">The register: <c>Vector512&lt;float&gt;</c> and its smaller kin.</typeparam>
internal unsafe interface ISimd<TVector> where TVector : unmanaged
{
    static abstract int Lanes { get; }

    /// <summary>How many registers there are, at least.</summary>
    static abstract int Registers { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(float* destination, TVector value);

    static abstract TVector Broadcast(float value);

    /// <summary>One float of memory in all lanes. From a pointer, because the JIT makes one instruction of it only when it sees the load.</summary>
    static abstract TVector Broadcast(float* source);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left / right to two units in the last place of 1 / right, as fast as the machine can; right is from 2^-100 to 2^100.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>As <see cref="Divide"/>; right is from 2^-100 to infinity, which gives left * 0.</summary>
    static abstract TVector DivideByPositive(TVector left, TVector right);

    /// <summary>The value without its sign.</summary>
    static abstract TVector Absolute(TVector value);

    /// <summary>left * right + addend, fused where the machine can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The greater of value and a bound that is a number. NaN stays NaN, as in torch's clamp.</summary>
    static abstract TVector AtLeast(TVector value, TVector bound);

    /// <summary>The lesser of value and a bound that is a number. NaN stays NaN, as in torch's clamp.</summary>
    static abstract TVector AtMost(TVector value, TVector bound);

    /// <summary>The greater; NaN where either is NaN, as in torch's max pooling.</summary>
    static abstract TVector Maximum(TVector left, TVector right);

    /// <summary>The greater, as fast as the machine can; anything where either is NaN.</summary>
    static abstract TVector MaximumOfNumbers(TVector left, TVector right);

    /// <summary>The sum of all lanes, by halves.</summary>
    static abstract float Sum(TVector value);

    /// <summary>Whether any lane is NaN.</summary>
    static abstract bool IsAnyNaN(TVector value);

    /// <summary>positive where value &gt; 0, else otherwise.</summary>
    static abstract TVector SelectPositive(TVector value, TVector positive, TVector otherwise);

    /// <summary>value * 2^exponent, where the exponent is a whole number from -200 to 200.</summary>
    static abstract TVector Scale(TVector value, TVector exponent);

    /// <summary>An exponent that <see cref="Fraction"/> and <see cref="ScaleByFloor"/> take: the same, or where they do not take any, one so large that 2 to its power is 0 or infinite as well.</summary>
    static abstract TVector ToExponent(TVector value);

    /// <summary>What is above the next lesser whole number.</summary>
    static abstract TVector Fraction(TVector exponent);

    /// <summary>value * 2^floor(exponent).</summary>
    static abstract TVector ScaleByFloor(TVector value, TVector exponent);

    /// <summary>The exponent of a normal number above 0: the whole number below its binary logarithm, or that itself.</summary>
    static abstract TVector Exponent(TVector value);

    /// <summary>Of a table of 32 numbers those at some places: the least five bits of each lane. Registers of 16 lanes alone have it.</summary>
    static abstract TVector Lookup(float* table, TVector places);

    /// <summary>The value's lanes at some places: whole numbers, whose bits the register holds.</summary>
    static abstract TVector Pick(TVector value, TVector places);
}
