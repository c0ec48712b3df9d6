using Blockwright.Kernels;
using Blockwright.Kernels.Simd;

namespace Blockwright.Runtime.Tests.Kernels;

public class ExpTests
{
    public static TheoryData<InstructionSet> Sets => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun)];

    /// <summary>Every 1,009th float: of both signs, of every exponent, the denormal ones too.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void ExpIsWithinTwoUnitsInTheLastPlace(InstructionSet set)
    {
        var worst = 0.0;
        var inputs = new float[1 << 16];
        for (var first = 0L; first < 1L << 32; first += 1009L * inputs.Length)
        {
            for (var i = 0; i < inputs.Length; i++)
                inputs[i] = BitConverter.UInt32BitsToSingle((uint)(first + (1009L * i)));
            var outputs = Exp(set, inputs);
            for (var i = 0; i < inputs.Length; i++)
                worst = Math.Max(worst, UnitsApart(Math.Exp(inputs[i]), outputs[i]));
        }
        Assert.InRange(worst, 0.5, 2);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void WhatIsNotFiniteComesOutAsInTorch(InstructionSet set)
    {
        float[] inputs = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 88.7f, 88.8f, -103.9f, -104.1f, float.MaxValue, float.MinValue, float.Epsilon];
        var outputs = Exp(set, inputs);
        Assert.Equal([float.NaN, float.PositiveInfinity, 0, 1, 1], outputs[..5]);
        Assert.True(float.IsFinite(outputs[5]));
        Assert.Equal(float.PositiveInfinity, outputs[6]);
        Assert.Equal(float.Epsilon, outputs[7]);
        Assert.Equal([0, float.PositiveInfinity, 0, 1], outputs[8..]);
    }

    /// <summary>How far a result is from the exact one, in steps between floats there.</summary>
    private static double UnitsApart(double exact, float found)
    {
        if (double.IsNaN(exact))
            return float.IsNaN(found) ? 0 : double.PositiveInfinity;
        var rounded = (float)exact;
        if (float.IsInfinity(rounded) || float.IsInfinity(found))
            return rounded.Equals(found) || MathF.BitDecrement(float.PositiveInfinity) == Math.Min(rounded, found) ? 0 : double.PositiveInfinity;
        return Math.Abs(exact - found) / ((double)MathF.BitIncrement(rounded) - rounded);
    }

    private static unsafe float[] Exp(InstructionSet set, float[] inputs)
    {
        var outputs = new float[inputs.Length + 64];
        var padded = new float[inputs.Length + 64];
        inputs.CopyTo(padded, 0);
        fixed (float* from = padded, to = outputs)
        {
            var job = new Job(from, to, inputs.Length);
            InstructionSets.Dispatch(set, ref job);
        }
        return outputs[..inputs.Length];
    }

    private readonly unsafe struct Job(float* from, float* to, int count) : IVectorJob
    {
        public void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var i = 0; i < count; i += TSimd.Lanes)
                TSimd.Store(to + i, Formulas.Exp<TSimd, TVector>(TSimd.Load(from + i)));
        }
    }
}
