namespace Blockwright.Gpu.Cuda;

/// <summary>Memory on the device; its context is the current one where it is made and freed.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly Driver _driver;

    /// <exception cref="CudaException">There is not so much.</exception>
    public DeviceMemory(Driver driver, long bytes, string what)
    {
        (_driver, Bytes) = (driver, bytes);
        Address = bytes > 0 ? driver.Allocate(bytes, what) : 0;
    }

    public long Bytes { get; }

    /// <summary>0 where there is nothing.</summary>
    public ulong Address { get; private set; }

    public void Dispose()
    {
        if (Address != 0)
            _driver.Free(Address);
        Address = 0;
    }
}
