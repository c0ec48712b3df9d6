using System.Runtime.InteropServices;

namespace Blockwright.Gpu.Cuda;

/// <summary>A launch's arguments as the driver takes them: an array of pointers to values. The driver copies the values when it is called.</summary>
internal readonly unsafe ref struct ArgumentBlock
{
    private readonly KernelLaunch _launch;
    private readonly void** _pointers;

    public ArgumentBlock(KernelLaunch launch, MemoryAddresses addresses)
    {
        _launch = launch;
        var count = launch.Arguments.Count;
        // Pointers, then as many values of 8 bytes; a number is in the first 4, as the host is little-endian wherever there is CUDA.
        _pointers = (void**)NativeMemory.Alloc((nuint)Math.Max(count, 1) * 2, sizeof(ulong));
        var values = (ulong*)(_pointers + count);
        for (var i = 0; i < count; i++)
        {
            var argument = launch.Arguments[i];
            values[i] = argument.IsPointer ? addresses.Of(argument.Use) : argument.Number;
            _pointers[i] = values + i;
        }
    }

    /// <summary>What a node launches; good until this is disposed.</summary>
    public KernelNodeParameters Parameters(nint function) => new()
    {
        Function = function,
        GridX = (uint)_launch.Grid.X,
        GridY = (uint)_launch.Grid.Y,
        GridZ = (uint)_launch.Grid.Z,
        BlockX = (uint)_launch.Block.X,
        BlockY = (uint)_launch.Block.Y,
        BlockZ = (uint)_launch.Block.Z,
        SharedBytes = (uint)_launch.SharedBytes,
        Arguments = _pointers,
    };

    public void Dispose() => NativeMemory.Free(_pointers);
}
