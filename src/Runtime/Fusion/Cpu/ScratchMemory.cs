namespace Blockwright.Cpu;

/// <summary>Memory that a step needs only while it runs: a piece for each part that steps are done in, which all steps share.</summary>
/// <param name="parts">The parts.</param>
/// <param name="allocate">Allocates zeroed floats.</param>
internal sealed unsafe class ScratchMemory(int parts, Allocator allocate)
{
    private readonly nint[] _pieces = new nint[parts];
    private long _floats;
    private long _allocated;
    private int _used;

    /// <summary>The parts that steps are done in.</summary>
    public int Parts => parts;

    /// <summary>Says what a step will need in its first parts, before any runs: of many threads a small map keeps few busy.</summary>
    public void Reserve(long floats, int used) => (_floats, _used) = (Math.Max(_floats, floats), Math.Max(_used, used));

    /// <summary>Allocates what was asked for, where there is less.</summary>
    public void Allocate()
    {
        for (var i = 0; i < _used; i++)
        {
            if (_pieces[i] == 0 || _allocated < _floats)
                _pieces[i] = (nint)allocate(_floats);
        }
        _allocated = _floats;
    }

    /// <summary>A part's piece; null for a part that no step said it needs. What is in it is what the step before left.</summary>
    public float* Of(int part) => (float*)_pieces[part];
}
