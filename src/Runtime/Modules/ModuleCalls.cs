using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What is said of an input that a declared module does not take.</summary>
internal static class ModuleCalls
{
    /// <exception cref="ArgumentException">The input has another shape.</exception>
    public static void CheckInput(nn.Module module, int channels, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() != 4 || input.size(1) != channels)
            throw new ArgumentException(Invariant($"{module.GetName()} takes N x {channels} x H x W, and was given {input.shape.Joined(" x ")}."), nameof(input));
    }

    /// <summary>Runs a network, and gives values of it by their names.</summary>
    public static FeatureTensors Features<TResult>(nn.Module<Tensor, TResult> module, NetworkPlans plans, Tensor input, string[] names)
    {
        ValueNames.Check(plans, names, module.training);
        var found = FeatureTrace.Of(module, names, () => Array.ForEach(ResultTuple.Tensors(module.call(input)), static result => result.Dispose()));
        return new(names, Array.ConvertAll(found, tensor => FeatureTrace.Given(tensor!)));
    }

    /// <summary>Whether an input is of another type or on another device than the module's parameters.</summary>
    public static bool IsElsewhere(nn.Module module, Tensor input) => module.parameters().FirstOrDefault() is { } own && (own.dtype != input.dtype || own.device.ToString() != input.device.ToString());

    /// <summary>What is said of such an input.</summary>
    public static ArgumentException Elsewhere(nn.Module module, Tensor input, Exception fault)
    {
        var own = module.parameters().First();
        return new($"{module.GetName()} is {own.dtype} on {own.device}, and was given {input.dtype} on {input.device}: bring the input there, input.to({own.dtype}) or input.to(device), or the module, module.to(...).", nameof(input), fault);
    }
}
