using Blockwright.Cpu;
using Blockwright.Cpu.Steps;
using Blockwright.Gpu.Cuda;
using Blockwright.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a module's snapshot runs on, by the options and by where the module is.</summary>
internal static class FusedDevices
{
    /// <exception cref="ArgumentException">The options ask for what the module is not.</exception>
    /// <exception cref="NotSupportedException">A layer has no kernel, or the class was built without kernels for a GPU.</exception>
    public static IFusedDevice Take(INetworkModule source, NetworkPlans plans, FuseOptions options)
    {
        options.Check();
        var parameters = ParametersOf(source);
        var reason = WithoutKernels(parameters, plans, options);
        if (options.Device == FuseDevice.Auto)
            options = options with { Device = reason is null ? OfModule(parameters[0], plans) : FuseDevice.Auto };
        else
            CheckAsked(parameters, plans, options, reason);
        return options.Device switch
        {
            FuseDevice.Auto => Torch(reason ?? $"its class has no kernels for {parameters[0].device} (net.cpu() in front of Fuse() brings it to the CPU's)"),
            _ when options.Fallback == FuseFallback.Torch && options.Device != FuseDevice.Cpu => OrTorch(),
            _ => Kernels(source, parameters[0], plans, options),
        };

        TorchDevice Torch(string reason) => new(plans, source.TakeTorchSnapshot(), parameters.FirstOrDefault(), reason);

        // Torch's operations are taken at once: the module may be another later.
        IFusedDevice OrTorch()
        {
            var torch = Torch("the GPU's kernels could not run");
            try
            {
                return new FallbackDevice(plans.Network, Kernels(source, parameters[0], plans, options), torch);
            }
            catch (Exception fault) when (FallbackNotice.Covers(fault))
            {
                FallbackNotice.Say(plans.Network, "torch's operations", fault);
                return torch;
            }
            catch
            {
                torch.Dispose();
                throw;
            }
        }
    }

    /// <summary>The names that values of a network may be asked for by where it runs on a device.</summary>
    public static IReadOnlyList<string> FeatureNames(NetworkPlans plans, IFusedDevice device) => device.Network?.FeatureNames ?? ValueNames.OfInference(plans);

    /// <summary>Values of a network by their names.</summary>
    public static FeatureTensors Features(NetworkPlans plans, IFusedDevice device, Tensor[] inputs, string[] names)
    {
        ValueNames.Check(plans, names, isTraining: false);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return new(names, Array.ConvertAll(device.Features(inputs, names), static tensor => tensor.MoveToOuterDisposeScope()));
    }

    /// <summary>Where the module is; <see cref="FuseDevice.Auto"/> where only torch's operations run there.</summary>
    private static FuseDevice OfModule(Tensor parameter, NetworkPlans plans) => parameter.device_type switch
    {
        DeviceType.CPU => FuseDevice.Cpu,
        DeviceType.CUDA when plans.Gpu is not null => FuseDevice.Cuda,
        _ => FuseDevice.Auto,
    };

    /// <summary>The parameters of the declaration's layers, which are of one type and on one device; where there are none, those of modules of the user's own.</summary>
    /// <exception cref="InvalidOperationException">They are not, or are where no values are.</exception>
    private static List<Tensor> ParametersOf(INetworkModule source)
    {
        var own = source.Layers.Parameters().ToList();
        if (own.Count == 0)
            return [.. source.Module.parameters()];
        var usual = own.GroupBy(static each => KindOf(each.Parameter)).MaxBy(static kind => kind.Count())!.Key;
        if (own.Find(each => KindOf(each.Parameter) != usual) is { Key: { } key, Parameter: { } odd })
            throw new InvalidOperationException($"{source.Plans.Network}: {key} is {KindOf(odd)}, and the other weights are {usual}. A snapshot is of weights of one type on one device: net.to(...) brings all of them there.");
        if (own[0].Parameter.device_type == DeviceType.META)
            throw new InvalidOperationException($"{source.Plans.Network} is on the meta device, where weights have shapes and no values. Take a snapshot of one that was made on another device.");
        return own.ConvertAll(static each => each.Parameter);

        static string KindOf(Tensor parameter) => $"{parameter.dtype} on {parameter.device}";
    }

    /// <summary>Why no kernels of Blockwright's own run the module, wherever; null where they may.</summary>
    private static string? WithoutKernels(List<Tensor> parameters, NetworkPlans plans, FuseOptions options)
    {
        if (!options.UseKernels)
            return "UseKernels is false";
        if (parameters.Count == 0)
            return $"{plans.Network} has no weights, and so no type";
        if (parameters[0].dtype != ScalarType.Float32)
            return $"{plans.Network} is {parameters[0].dtype}: net.to(torch.float32) makes it float32";
        return plans.Unplanned ?? (plans.Cpu is null ? $"there is no kernel for {plans.WithoutKernel} (BW4006)" : null);
    }

    private static void CheckAsked(List<Tensor> parameters, NetworkPlans plans, FuseOptions options, string? reason)
    {
        if (options.UseKernels && plans.WithoutKernel is { } layers && (plans.Cpu is null || options.Device != FuseDevice.Cpu))
            throw new NotSupportedException($"A snapshot of {plans.Network} cannot run on {options.Device}: there is no kernel for its layer {layers} (BW4006), and it runs on {(plans.Cpu is null ? "torch's operations alone" : "the CPU's kernels, with torch between them, or on torch's operations alone")}.");
        if (reason is null && parameters[0] is var first && first.device_type != DeviceType.CPU && !(first.device_type == DeviceType.CUDA && options.Device == FuseDevice.Cuda))
            reason = $"{plans.Network} is on {first.device}: net.cpu() brings it to the CPU";
        if (reason is not null)
            throw new ArgumentException($"A snapshot on {options.Device} is taken of a float32 network {(options.Device == FuseDevice.Cuda ? "on the CPU or on CUDA" : "on the CPU")}, and runs on Blockwright's own kernels; {reason}.", nameof(options));
    }

    private static IFusedDevice Kernels(INetworkModule source, Tensor parameter, NetworkPlans plans, FuseOptions options)
    {
        var isOnCuda = parameter.device_type == DeviceType.CUDA;
        if (isOnCuda)
            options = options with { DeviceIndex = Math.Max(parameter.device_index, 0) };
        var network = NetworkOf(source, plans, options);
        return options.Device == FuseDevice.Cuda ? new CudaTensors(network, new Device(DeviceType.CUDA, options.DeviceIndex), isOnCuda) : new CpuDevice(network);
    }

    private static KernelNetwork NetworkOf(INetworkModule source, NetworkPlans plans, FuseOptions options)
    {
        if (source.Layers.Changed() is { } changed)
            throw new InvalidOperationException($"{plans.Network}: {changed}: kernels compute the network as it is declared. Declare the layer so, or take a snapshot on torch's operations, new FuseOptions {{ UseKernels = false }}.");
        var weights = WeightFolding.Fold(source.Module, plans.Cpu!);
        IIslands? islands = plans.Islands?.Invoke(source);
        try
        {
            return new(plans, weights, options, islands);
        }
        catch
        {
            islands?.Dispose();
            throw;
        }
    }
}
