using Blockwright.Kernels;
using Blockwright.Kernels.Simd;

namespace Blockwright.Runtime.Tests.Kernels;

public class PowerTests
{
    public static TheoryData<InstructionSet> Sets => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun)];

    /// <summary>Every 10,007th float above 0, within what a result may be.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void PowersAreAsExactAsTheirExponentIs(InstructionSet set)
    {
        foreach (var exponent in new[] { -0.75f, 0.75f, -0.5f, 1, -2, 0.1f })
        {
            var inputs = new List<float>();
            for (var bits = BitConverter.SingleToUInt32Bits(1.17549435e-38f); bits < BitConverter.SingleToUInt32Bits(float.MaxValue); bits += 10_007)
                inputs.Add(BitConverter.UInt32BitsToSingle(bits));
            var outputs = Powers(set, [.. inputs], exponent);
            var worst = 0.0;
            for (var i = 0; i < outputs.Length; i++)
            {
                var exact = Math.Pow(inputs[i], exponent);
                if (exact is > 1e-37 and < 1e38)
                    worst = Math.Max(worst, Math.Abs((outputs[i] / exact) - 1) * Math.Pow(2, 23) / (4 + (0.6 * Math.Abs(exponent * Math.Log2(inputs[i])))));
            }
            Assert.InRange(worst, 0.1, 1);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void WhatIsNotFiniteHasItsLimit(InstructionSet set)
    {
        Assert.Equal([float.NaN, 0, float.PositiveInfinity], [.. Powers(set, [float.NaN, float.PositiveInfinity], -0.75f), Powers(set, [float.PositiveInfinity], 0.75f)[0]]);
        Assert.True(Powers(set, [float.MaxValue], 0.75f)[0] < 1e29f);
    }

    private static unsafe float[] Powers(InstructionSet set, float[] inputs, float exponent)
    {
        var (outputs, padded) = (new float[inputs.Length + 64], new float[inputs.Length + 64]);
        inputs.CopyTo(padded, 0);
        fixed (float* from = padded, to = outputs)
        {
            var job = new Job(from, to, inputs.Length, exponent);
            InstructionSets.Dispatch(set, ref job);
        }
        return outputs[..inputs.Length];
    }

    private readonly unsafe struct Job(float* from, float* to, int count, float exponent) : IVectorJob
    {
        public void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var i = 0; i < count; i += TSimd.Lanes)
                TSimd.Store(to + i, Blockwright.Kernels.Simd.Powers.Of<TSimd, TVector>(TSimd.Load(from + i), TSimd.Broadcast(exponent)));
        }
    }
}
