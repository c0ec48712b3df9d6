using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// A device in its primary context, the one that torch uses too: its tensors' addresses are good here, and its default stream is this one's. What the caller has as current context is so again after each call.
/// </summary>
internal sealed class CudaDevice : IDisposable
{
    private readonly int _device;
    private readonly nint _context;
    private int _isDisposed;

    private CudaDevice(Driver driver, int device)
    {
        (Driver, _device) = (driver, device);
        Name = driver.DeviceName(device);
        Architecture = new(driver.Attribute(DeviceAttribute.Major, device), driver.Attribute(DeviceAttribute.Minor, device));
        Limits = new(
            driver.Attribute(DeviceAttribute.ThreadsPerBlock, device),
            driver.Attribute(DeviceAttribute.SharedBytesPerBlock, device),
            new(driver.Attribute(DeviceAttribute.GridX, device), driver.Attribute(DeviceAttribute.GridY, device), driver.Attribute(DeviceAttribute.GridZ, device)));
        Multiprocessors = driver.Attribute(DeviceAttribute.Multiprocessors, device);
        // The last, since nothing may fail any more that would leave it retained.
        _context = driver.RetainPrimaryContext(device);
    }

    public Driver Driver { get; }

    public string Name { get; }

    public Architecture Architecture { get; }

    public LaunchLimits Limits { get; }

    public int Multiprocessors { get; }

    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">As torch counts: among those that CUDA_VISIBLE_DEVICES leaves.</param>
    /// <exception cref="CudaException">There is no such device.</exception>
    public static CudaDevice Open(Driver driver, int ordinal)
    {
        var count = driver.DeviceCount;
        if (count == 0)
            throw new CudaException($"NVIDIA's driver is there, and lists no device. {DriverAdvice.Of(DriverResult.NoDevice)}");
        if (ordinal < 0 || ordinal >= count)
            throw new CudaException(Invariant($"There is no CUDA device {ordinal}: the driver lists {count}, counted from 0. CUDA_VISIBLE_DEVICES may hide some."));
        return new(driver, driver.Device(ordinal));
    }

    /// <summary>Makes the context the current one until the result is disposed.</summary>
    public Use Enter()
    {
        Driver.Push(_context);
        return new Use(Driver, true, throws: true);
    }

    /// <summary>The same to free what is in it, which goes on whatever fails.</summary>
    public Use EnterToFree() => new(Driver, Driver.TryPush(_context), throws: false);

    /// <summary>Memory of this context, in which a copy works.</summary>
    public nint Context => _context;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            Driver.ReleasePrimaryContext(_device);
    }

    /// <summary>The time in which the context is the current one of the thread.</summary>
    public readonly ref struct Use(Driver driver, bool isPushed, bool throws)
    {
        public void Dispose()
        {
            if (isPushed && throws)
                driver.Pop();
            else if (isPushed)
                driver.TryPop();
        }
    }
}
