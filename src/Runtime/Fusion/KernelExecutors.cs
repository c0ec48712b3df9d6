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
            throw WithoutKernels(plans, options.Device);
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
    public static NotSupportedException WithoutKernels(NetworkPlans plans, FuseDevice device)
    {
        // A GPU's kernels have the channels in their text.
        if (plans.IsGiven)
            return new($"{plans.Network} has kernels for a GPU for the parameters that it has where nobody gives them, and this one has {plans.ParametersText}: it runs on the CPU's kernels, and on a GPU on torch's operations.");
        var property = $"BlockwrightDevice={(device == FuseDevice.OpenCl ? "opencl" : "cuda")}";
        return new($"{plans.Network} was built without kernels for a GPU: build it with {property}, in its project or as -p:{property}.");
    }
}
