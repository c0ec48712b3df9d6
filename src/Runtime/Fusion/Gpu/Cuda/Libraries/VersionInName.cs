namespace Blockwright.Gpu.Cuda;

/// <summary>The numbers in a file's name, one after the other: libnvrtc.so.12.8.93 is 12, 8, 93; python3.12 is newer than python3.9.</summary>
internal readonly record struct VersionInName(long First, long Second, long Third) : IComparable<VersionInName>
{
    public static VersionInName Of(string path)
    {
        Span<long> numbers = stackalloc long[3];
        numbers.Fill(-1); // A name with fewer numbers is older: libnvrtc.so.12 against libnvrtc.so.12.8.
        var (count, isInNumber) = (0, false);
        foreach (var each in Path.GetFileName(path.AsSpan()))
        {
            var isDigit = char.IsAsciiDigit(each);
            if (isDigit && !isInNumber && ++count > numbers.Length)
                break;
            if (isDigit)
                numbers[count - 1] = Math.Min((Math.Max(numbers[count - 1], 0) * 10) + each - '0', int.MaxValue);
            isInNumber = isDigit;
        }
        return new(numbers[0], numbers[1], numbers[2]);
    }

    public int CompareTo(VersionInName other) => (First, Second, Third).CompareTo((other.First, other.Second, other.Third));
}
