using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>A generation of NVIDIA's devices: its compute capability.</summary>
internal readonly record struct Architecture(int Major, int Minor) : IComparable<Architecture>
{
    /// <summary>As in NVRTC's list: 90 is 9.0, 120 is 12.0.</summary>
    public static Architecture FromNumber(int number) => new(number / 10, number % 10);

    /// <summary>What code for the architecture itself is compiled for: sm_90.</summary>
    public string Real => Invariant($"sm_{Major}{Minor}");

    /// <summary>What code that the driver translates is compiled for: compute_90.</summary>
    public string Virtual => Invariant($"compute_{Major}{Minor}");

    public int CompareTo(Architecture other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public override string ToString() => Real;
}
