using Blockwright.Cpu;
using Blockwright.Cpu.Steps;
using Blockwright.Gpu.Cuda;
using Blockwright.Gpu.OpenCl;
using Blockwright.Plans;

namespace Blockwright;

/// <summary>What runs a network's kernels, by what is asked for.</summary>
internal static class KernelExecutors
{
    /// <param name="plans">The network's plans.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="options">How it computes, and where.</param>
    /// <param name="islands">What computes layers without a kernel, which is disposed with what is given: on the CPU alone. Null where there are none.</param>
    /// <exception cref="NotSupportedException">The class was built without kernels for a GPU.</exception>
    /// <exception cref="CudaException">CUDA is not there, or fails, and nothing is to take its place.</exception>
    /// <exception cref="OpenClException">OpenCL is not there, or fails, and nothing is to take its place.</exception>
    public static IKernelExecutor Open(NetworkPlans plans, FoldedWeights weights, FuseOptions options, IIslands? islands)
    {
        if (options.Device is FuseDevice.Auto or FuseDevice.Cpu)
            return OpenCpu();
        if (plans.Gpu is null)
            throw WithoutKernels(plans.Network, options.Device);
        if (options.Fallback != FuseFallback.Cpu)
            return OpenGpu();
        try
        {
            return new FallbackExecutor(plans.Network, OpenGpu(), OpenCpu);
        }
        catch (Exception fault) when (FallbackNotice.Covers(fault))
        {
            FallbackNotice.Say(plans.Network, "the CPU's kernels", fault);
            return OpenCpu();
        }

        IKernelExecutor OpenCpu() => new CpuExecutor(plans.Network, plans.Cpu!, weights, options, islands);

        IKernelExecutor OpenGpu() => options.Device == FuseDevice.OpenCl ? new OpenClExecutor(plans, weights, options) : CudaKernels.Open(plans, weights, options);
    }

    /// <summary>The class's own build is to be mended: nothing takes the kernels' place.</summary>
    public static NotSupportedException WithoutKernels(string network, FuseDevice device)
    {
        var property = $"BlockwrightDevice={(device == FuseDevice.OpenCl ? "opencl" : "cuda")}";
        return new($"{network} was built without kernels for a GPU: build it with {property}, in its project or as -p:{property}.");
    }
}
