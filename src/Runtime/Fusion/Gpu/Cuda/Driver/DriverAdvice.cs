namespace Blockwright.Gpu.Cuda;

/// <summary>What to do about what the driver says, where that is known.</summary>
internal static class DriverAdvice
{
    public static string? Of(int code) => code switch
    {
        DriverResult.StubLibrary => "What was loaded is the toolkit's stub of the driver, which serves to link only: take the toolkit's folder 'stubs' out of LD_LIBRARY_PATH, and install NVIDIA's driver.",
        DriverResult.NoDevice => "No device is to be seen: does nvidia-smi list one? CUDA_VISIBLE_DEVICES may hide it, and a container sees none unless it is started with --gpus all.",
        DriverResult.InvalidImage or DriverResult.NoBinaryForGpu => "The code is of another architecture or of a CUDA that the driver is too old for: update NVIDIA's driver, or let it be compiled by an older NVRTC.",
        DriverResult.InvalidPtx or DriverResult.UnsupportedPtxVersion => "The driver cannot translate code of this NVRTC: update NVIDIA's driver, or use an NVRTC that knows the card.",
        DriverResult.IllegalAddress or DriverResult.MisalignedAddress or DriverResult.LaunchFailed =>
            "A kernel that ran before failed, of whichever library, and the process cannot use the device any more: start it anew, under compute-sanitizer, which names the kernel.",
        DriverResult.OutOfResources => "The kernel needs more registers or shared memory than the device has for one block.",
        DriverResult.DriverMismatch => "The driver's library and its kernel module are of different versions: restart the machine after an update of the driver.",
        DriverResult.Unknown => "Often the module nvidia_uvm is not loaded: nvidia-smi or nvidia-modprobe -u loads it.",
        _ => null,
    };
}
