using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// x times a gate that goes from 0 to 1, where 1/2 is at 0 and what is on one side of it is missing on the other: x / 2 + |x| * (gate(|x|) - 1/2). That difference is a polynomial of degree 4 on each of 32 pieces,
/// round 0, 1/4, ... 31/4; on the last one and beyond it is 1/2.
/// </summary>
/// <remarks>The coefficients interpolate the functions at Chebyshev's nodes of each piece, rounded to float32: 2.3e-8 from them at most. All pieces' first ones come first, then all second ones, and so on.</remarks>
internal static unsafe class GateTable
{
    private const int Pieces = 32;

    /// <summary>erf(x / sqrt(2)) / 2.</summary>
    public static readonly float* OfErf = InWholeLines(Erf);

    /// <summary>tanh(sqrt(2 / pi) * (x + 0.044715 x^3)) / 2.</summary>
    public static readonly float* OfTanh = InWholeLines(Tanh);

    private static ReadOnlySpan<float> Erf =>
    [
        0, 0.09870633f, 0.19146246f, 0.27337265f, 0.34134474f, 0.39435023f, 0.4331928f, 0.45994085f,
        0.47724986f, 0.48777553f, 0.49379033f, 0.49702024f, 0.4986501f, 0.49942297f, 0.49976736f, 0.49991158f,
        0.49996832f, 0.4999893f, 0.4999966f, 0.499999f, 0.4999997f, 0.4999999f, 0.49999997f, 0.5f,
        0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
        0.39894152f, 0.38666746f, 0.35206497f, 0.30113745f, 0.24197103f, 0.18264954f, 0.12951805f, 0.08627765f,
        0.05399114f, 0.031739686f, 0.01752825f, 0.009093477f, 0.004431764f, 0.0020289822f, 0.00087263854f, 0.00035256954f,
        0.00013381631f, 4.771191e-5f, 1.5980764e-5f, 5.0282956e-6f, 1.4862644e-6f, 4.12689e-7f, 1.0764668e-7f, 2.63772e-8f,
        6.071647e-9f, 1.3129053e-9f, 2.666912e-10f, 5.08899e-11f, 9.122238e-12f, 1.5360923e-12f, 2.4298445e-13f, 0,
        0, -0.04833337f, -0.0880161f, -0.112926304f, -0.12098521f, -0.114155635f, -0.09713825f, -0.075492755f,
        -0.05399107f, -0.035707183f, -0.021910414f, -0.0125036575f, -0.0066477642f, -0.0032971886f, -0.001527181f, -0.0006611068f,
        -0.00026765416f, -0.00010139865f, -3.5961715e-5f, -1.1944321e-5f, -3.7164903e-6f, -1.0836084e-6f, -2.9612875e-7f, -7.586564e-8f,
        -1.8223943e-8f, -4.105245e-9f, -8.6734986e-10f, -1.7189385e-10f, -3.19583e-11f, -5.5744996e-12f, -9.12356e-13f, 0,
        -0.066295944f, -0.06025173f, -0.04391873f, -0.021960706f, -7.853248e-5f, 0.017006662f, 0.026868379f, 0.029573685f,
        0.026951509f, 0.021481289f, 0.015350199f, 0.009967959f, 0.0059307455f, 0.003250697f, 0.0016475875f, 0.00077431824f,
        0.00033813386f, 0.00013742056f, 5.204263e-5f, 1.8384633e-5f, 6.063208e-6f, 1.8681152e-6f, 5.3803706e-7f, 1.4492502e-7f,
        3.6524295e-8f, 8.615627e-9f, 1.9028181e-9f, 3.9358133e-10f, 7.6261546e-11f, 1.3845399e-11f, 2.3556918e-12f, 0,
        0, 0.011794008f, 0.020110527f, 0.022878917f, 0.02012488f, 0.013663629f, 0.00608393f, -0.0003676637f,
        -0.0044729197f, -0.0061178044f, -0.005924022f, -0.004751647f, -0.003326037f, -0.0020816629f, -0.0011807361f, -0.00061205425f,
        -0.00029157856f, -0.00012816573f, -5.2132596e-5f, -1.9666932e-5f, -6.893057e-6f, -2.2477175e-6f, -6.826847e-7f, -1.9331058e-7f,
        -5.1072888e-8f, -1.2598375e-8f, -2.9031944e-9f, -6.2530153e-10f, -1.2593343e-10f, -2.3724338e-11f, -4.1820826e-12f, 0,
    ];

    private static ReadOnlySpan<float> Tanh =>
    [
        0, 0.0987014f, 0.19142802f, 0.27328074f, 0.34119198f, 0.39417136f, 0.4330477f, 0.45988306f,
        0.47729886f, 0.4879105f, 0.49396628f, 0.49719158f, 0.49878752f, 0.49951735f, 0.49982396f, 0.49994153f,
        0.49998245f, 0.49999526f, 0.49999887f, 0.49999976f, 0.49999994f, 0.5f, 0.5f, 0.5f,
        0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
        0.39894152f, 0.38661012f, 0.3518834f, 0.3008767f, 0.24177241f, 0.18265748f, 0.12977582f, 0.08669397f,
        0.054400366f, 0.03200182f, 0.017594071f, 0.0090025915f, 0.004265463f, 0.0018605487f, 0.000742439f, 0.00026925877f,
        8.8156135e-5f, 2.5880485e-5f, 6.7669584e-6f, 1.5652657e-6f, 3.1815426e-7f, 5.644579e-8f, 8.682864e-9f, 1.1503429e-9f,
        1.3038232e-10f, 1.2558212e-11f, 1.0210322e-12f, 6.960336e-14f, 3.9515336e-15f, 1.8556568e-16f, 7.1591316e-18f, 0,
        0, -0.048545696f, -0.0882604f, -0.112963684f, -0.12069785f, -0.11365319f, -0.096689716f, -0.07533329f,
        -0.054168966f, -0.036084894f, -0.02228676f, -0.012740258f, -0.006716453f, -0.0032489328f, -0.0014334768f, -0.00057316065f,
        -0.00020629317f, -6.638626e-5f, -1.8972722e-5f, -4.78339e-6f, -1.056857e-6f, -2.0328633e-7f, -3.381903e-8f, -4.8342774e-9f,
        -5.8990096e-10f, -6.104691e-11f, -5.3228364e-12f, -3.8848273e-13f, -2.3577547e-14f, -1.1821337e-15f, -4.8641972e-17f, 0,
        -0.0666206f, -0.06044285f, -0.043795887f, -0.021565372f, 0.0003277228f, 0.017128754f, 0.026612528f, 0.02911189f,
        0.026565637f, 0.021351064f, 0.015465473f, 0.010194382f, 0.006130639f, 0.0033577417f, 0.0016678405f, 0.0007471582f,
        0.00030001023f, 0.000107286935f, 3.395147e-5f, 9.447281e-6f, 2.2969543e-6f, 4.8492495e-7f, 8.8341224e-8f, 1.3801073e-8f,
        1.8374532e-9f, 2.071874e-10f, 1.9662482e-11f, 1.5606983e-12f, 1.0296176e-13f, 5.610129e-15f, 2.5088e-16f, 0,
        0, 0.012047063f, 0.020448387f, 0.023047987f, 0.019971326f, 0.013283667f, 0.0057538413f, -0.0004313543f,
        -0.0042758756f, -0.0058361194f, -0.005735009f, -0.0047178906f, -0.0034003176f, -0.0021810953f, -0.0012498018f, -0.0006386951f,
        -0.00028989773f, -0.00011626864f, -4.0977768e-5f, -1.2619647e-5f, -3.3766185e-6f, -7.8047276e-7f, -1.5493853e-7f, -2.6263294e-8f,
        -3.778899e-9f, -4.587988e-10f, -4.6721026e-11f, -3.966495e-12f, -2.7903464e-13f, -1.616593e-14f, -7.6657323e-16f, 0,
    ];

    /// <summary>x times the gate of a table. A NaN stays one; infinity stays, and its negative is NaN, as 0 times infinity is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Times<TSimd, TVector>(TVector x, float* table)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        // A sum of this size has no room for less than quarters, and the number of them in its last bits.
        var rounding = TSimd.Broadcast(3145728f);
        var size = TSimd.Absolute(x);
        var near = TSimd.AtMost(size, TSimd.Broadcast((Pieces - 1) / 4f));
        var place = TSimd.Add(near, rounding);
        var rest = TSimd.Subtract(near, TSimd.Subtract(place, rounding));
        var sum = TSimd.Lookup(table + (4 * Pieces), place);
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Lookup(table + (3 * Pieces), place));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Lookup(table + (2 * Pieces), place));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Lookup(table + Pieces, place));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Lookup(table, place));
        return TSimd.MultiplyAdd(size, sum, TSimd.Multiply(x, TSimd.Broadcast(0.5f)));
    }

    // Registers that begin within a cache line are read twice. They stay as long as the program.
    private static float* InWholeLines(ReadOnlySpan<float> values)
    {
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)values.Length * sizeof(float), AlignedMemory.Alignment);
        values.CopyTo(new Span<float>(memory, values.Length));
        return memory;
    }
}
