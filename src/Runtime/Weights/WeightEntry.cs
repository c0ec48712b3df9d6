using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Blockwright.Weights;
using static System.FormattableString;

namespace Blockwright;

/// <summary>
/// One tensor of a file of weights. Its bytes stay in the file until they are read, and are read straight into the caller's memory.
/// </summary>
public abstract class WeightEntry
{
    private protected WeightEntry(string name, WeightType type, long[] shape, long elementCount)
    {
        Name = name;
        Type = type;
        Shape = ImmutableCollectionsMarshal.AsImmutableArray(shape);
        ElementCount = elementCount;
    }

    /// <summary>The state-dict key.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public WeightType Type { get; }

    /// <summary>The dimensions, outermost first; none for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>
    /// Length of all elements, in bytes. A tensor of PyTorch's that shows the same elements many times over (<c>expand</c>) may claim any length, whatever the
    /// file's is; what is beyond 63 bits is <see cref="long.MaxValue"/>.
    /// </summary>
    public long ByteLength => CheckedMath.TryMultiply(ElementCount, Type.ElementSize(), out var bytes) ? bytes : long.MaxValue;

    /// <summary>Reads elements in row-major order, little-endian.</summary>
    /// <param name="destination">Where to. Its length, in bytes, says how many elements are read.</param>
    /// <param name="firstElement">Index of the first element, in row-major order.</param>
    /// <exception cref="ArgumentException">The destination is not a whole number of elements, or asks for elements beyond the last.</exception>
    /// <exception cref="WeightsException">The file is damaged.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public void Read(Span<byte> destination, long firstElement = 0)
    {
        var size = Type.ElementSize();
        if (destination.Length % size != 0)
            throw new ArgumentException(Invariant($"{destination.Length} bytes are no whole number of {Type} elements of {size} bytes."), nameof(destination));
        if (firstElement < 0 || firstElement > ElementCount || destination.Length / size > ElementCount - firstElement)
        {
            throw new ArgumentException(
                Invariant($"Elements {firstElement} to {firstElement + (destination.Length / size)} were asked of ")
                    + Invariant($"'{WeightsException.Show(Name)}', which has {ElementCount}."),
                nameof(destination));
        }
        if (destination.Length == 0)
            return;
        ReadElements(destination, firstElement);
        // A bool that is neither 0 nor 1 is undefined behaviour for the native code that would get it.
        if (Type == WeightType.Bool && destination.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var at)
            throw Fault(Invariant($"element {firstElement + at} of a bool tensor is {destination[at]}; expected 0 or 1."));
    }

    /// <summary>Reads all elements in row-major order, little-endian.</summary>
    /// <exception cref="WeightsException">The file is damaged; the entry is longer than an array can be (2 GiB); or it shows the same elements so many times
    /// over that it is longer than the whole file.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public byte[] ReadAll()
    {
        // The array's length comes from the file alone: a few bytes must not claim gigabytes.
        if (ByteLength > LongestAll)
        {
            throw Fault(Invariant($"its shape [{Shape.Joined(", ")}] shows the same elements many times over: {ByteLength} bytes, more than the whole file has. ")
                + "Read it in parts with Read(destination, firstElement), or save tensor.clone() instead.");
        }
        if (ByteLength > Array.MaxLength)
            throw Fault(Invariant($"it has {ByteLength} bytes, more than one array holds. Read it in parts with Read(destination, firstElement)."));
        var bytes = new byte[ByteLength];
        Read(bytes);
        return bytes;
    }

    /// <summary>The entry in words: name, type and shape.</summary>
    public override string ToString() => $"{Name} {Type} [{Shape.Joined(", ")}]";

    /// <summary>The most bytes that are read into an array of the entry's own length: the file's length, where the entry may claim more.</summary>
    private protected abstract long LongestAll { get; }

    /// <summary>Reads elements that exist. The destination is not empty.</summary>
    private protected abstract void ReadElements(Span<byte> destination, long firstElement);

    private protected abstract WeightsException Fault(string problem);
}
