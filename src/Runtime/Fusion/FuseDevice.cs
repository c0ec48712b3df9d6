namespace Blockwright;

/// <summary>What a snapshot computes on.</summary>
public enum FuseDevice
{
    /// <summary>
    /// Where the module is. A float32 network on the CPU runs on the CPU's vector kernels; one on CUDA whose class was built with kernels for a GPU on those; whatever has none on torch's operations. A snapshot that is
    /// loaded from a file runs on the CPU.
    /// </summary>
    Auto,

    /// <summary>The CPU's vector kernels, for a float32 module on the CPU.</summary>
    Cpu,

    /// <summary>
    /// A device of OpenCL's, for a float32 module on the CPU: a GPU of any vendor, else an accelerator, else a CPU. The class has to be built with its kernels, by the property BlockwrightDevice. Inputs and results are the
    /// host's; docs/gpu.md says more.
    /// </summary>
    OpenCl,

    /// <summary>
    /// An NVIDIA device, for a float32 module on the CPU or on CUDA. The class has to be built with its kernels, by the property BlockwrightDevice. Tensors on the device are read and written where they lie; tensors of the CPU, and
    /// spans, are copied. docs/gpu.md says more.
    /// </summary>
    Cuda,
}

/// <summary>What a snapshot does when a GPU's kernels cannot run: there is no driver, no compiler, no such device, no memory left, or a kernel that does not compile.</summary>
public enum FuseFallback
{
    /// <summary>An exception says what is missing.</summary>
    None,

    /// <summary>It runs on torch's operations, where the module is. They are kept beside the kernels from the beginning. A snapshot that is loaded from a file has none.</summary>
    Torch,

    /// <summary>It runs on the CPU's kernels. Tensors on a GPU are brought there, and their results back.</summary>
    Cpu,
}
