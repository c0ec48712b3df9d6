using System.Runtime.InteropServices;

namespace Blockwright.Gpu.Cuda;

/// <summary>The library of NVIDIA's driver.</summary>
internal static class DriverLibrary
{
    private static readonly Lazy<Driver> OfMachine = new(static () => Open(Surroundings.Machine));

    /// <summary>This process's driver, initialised. It is never unloaded: torch may use it too.</summary>
    /// <exception cref="CudaException">There is none, or it has no device; every later caller is told so too.</exception>
    public static Driver Machine => OfMachine.Value;

    /// <exception cref="CudaException">There is none that works.</exception>
    public static Driver Open(Surroundings around)
    {
        var name = around.IsWindows ? "nvcuda.dll" : "libcuda.so.1";
        var search = new LibrarySearch(around);
        foreach (var (handle, path) in search.Loaded(LibraryPlaces.OfDriver(around), [name], files => files.Where(file => Path.GetFileName(file) == name)))
        {
            var driver = new Driver(new DriverFunctions(path, export => NativeLibrary.TryGetExport(handle, export, out var address) ? address : 0));
            driver.Initialize();
            return driver;
        }
        throw new CudaException(
            $"NVIDIA's driver for CUDA was not found. Looked for {name}:{Environment.NewLine}{search.Report}{Environment.NewLine}"
            + "Install NVIDIA's driver (nvidia-smi works then); a container gets it when it is started with --gpus all. Without such a card, take the snapshot on the CPU.");
    }
}
