namespace Blockwright.Gpu.Cuda;

/// <summary>Where CUDA comes from: this machine, or what a test has made in its place.</summary>
/// <param name="Driver">Its driver; throws where there is none.</param>
/// <param name="Code">Where compiled kernels for a device come from.</param>
internal sealed record CudaMachine(Func<Driver> Driver, Func<CudaDevice, KernelCode> Code)
{
    /// <summary>This process's driver, what lies beside the program, the user's cache, and an NVRTC, which is looked for when it is needed.</summary>
    public static CudaMachine OfProcess { get; } = new(
        static () => DriverLibrary.Machine,
        static device => new(ShippedCode.OfProgram, CodeCache.OfUser(Console.Error.WriteLine), () => CompilerLibrary.Open(Surroundings.Machine, device.Architecture, device.Driver.Version)));
}
