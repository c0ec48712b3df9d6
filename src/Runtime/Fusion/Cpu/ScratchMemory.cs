namespace Blockwright.Cpu;

/// <summary>Memory that a step needs only while it runs: a piece for each part that steps are done in, which all steps share.</summary>
/// <param name="parts">The parts.</param>
/// <param name="allocate">Allocates zeroed floats.</param>
internal sealed unsafe class ScratchMemory(int parts, Allocator allocate)
{
    private readonly nint[] _pieces = new nint[parts];
    private long _floats;

    /// <summary>Says what a step will need, before any runs.</summary>
    public void Reserve(long floats) => _floats = Math.Max(_floats, floats);

    /// <summary>Allocates what was asked for.</summary>
    public void Allocate()
    {
        for (var i = 0; i < _pieces.Length && _floats > 0; i++)
            _pieces[i] = (nint)allocate(_floats);
    }

    /// <summary>A part's piece. What is in it is what the step before left.</summary>
    public float* Of(int part) => (float*)_pieces[part];
}
