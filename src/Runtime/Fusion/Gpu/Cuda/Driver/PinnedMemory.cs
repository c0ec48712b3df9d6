namespace Blockwright.Gpu.Cuda;

/// <summary>Host memory that the device copies from and to by itself.</summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    private readonly Driver _driver;
    private readonly long _bytes;
    private byte* _address;

    /// <exception cref="CudaException">There is not so much.</exception>
    public PinnedMemory(Driver driver, long bytes, string what)
    {
        (_driver, _bytes) = (driver, bytes);
        _address = bytes > 0 ? driver.AllocatePinned(bytes, what) : null;
    }

    public nint Address => (nint)_address;

    /// <summary>Its first floats.</summary>
    public Span<float> First(int floats)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(floats, _bytes / sizeof(float));
        return new(_address, floats);
    }

    public void Dispose()
    {
        if (_address != null)
            _driver.FreePinned(_address);
        _address = null;
    }
}
