using System.Runtime.InteropServices;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What is said of an input that a declared module does not take.</summary>
internal static class ModuleCalls
{
    /// <exception cref="ArgumentException">The input has another shape, or was disposed.</exception>
    public static void CheckInput(nn.Module module, int channels, Tensor input)
    {
        CheckThere(module.GetName(), input);
        if (input.dim() != 4 || input.size(1) != channels || input.size(2) < 1 || input.size(3) < 1)
            throw new ArgumentException(Invariant($"{module.GetName()} takes N x {channels} x H x W, and was given {input.shape.Joined(" x ")}."), nameof(input));
    }

    /// <summary>Runs a network, and gives values of it by their names.</summary>
    public static FeatureTensors Features(INetworkModule network, Tensor[] inputs, string[] names)
    {
        RequireLayers(network.Module);
        ValueNames.Check(network.Plans, names, network.Module.training);
        var found = FeatureTrace.Of(network, names, () => Array.ForEach(network.Results(inputs), static result => result.Dispose()));
        return new(names, Array.ConvertAll(found, tensor => FeatureTrace.Given(tensor!)));
    }

    /// <exception cref="ArgumentException">The input was disposed: torch would say no more than that a handle is empty.</exception>
    public static void CheckThere(string whose, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.IsInvalid)
            throw new ArgumentException($"{whose} was given a tensor that has been disposed (a dispose scope frees what was made in it when it ends).", nameof(input));
    }

    /// <exception cref="ObjectDisposedException">A declared module, or a layer in it, was disposed.</exception>
    public static void RequireLayers(nn.Module module)
    {
        if (ModuleLayers.Of(module)?.Disposed() is { } disposed)
            throw disposed;
    }

    /// <summary>Whether what a call threw is said in torch's own words, which name no layer: TorchSharp looks at some arguments itself.</summary>
    public static bool IsTorchs(Exception fault) => fault is ExternalException or ArgumentException { Source: nameof(TorchSharp) };

    /// <summary>Whether there is more to say of what a call threw than torch does: not the module's type and device, either.</summary>
    public static bool HasMoreToSay(nn.Module module, Tensor input, Exception fault) =>
        IsTorchs(fault) || (fault.InnerException is ExternalException && IsElsewhere(module, input)) || (fault is InvalidOperationException { InnerException: null } && ModuleLayers.Of(module)?.Disposed() is not null);

    /// <summary>What is said then.</summary>
    public static Exception Said(nn.Module module, string? key, Tensor input, Exception fault) => Said(module, key is null ? module.GetName() : $"{module.GetName()} ({key})", [input], fault);

    /// <summary>The same of a network with several inputs, which are of one type on one device.</summary>
    public static Exception Said(nn.Module module, Tensor[] inputs, Exception fault) => Said(module, module.GetName(), inputs, fault);

    /// <summary>What is said of a call that torch refused.</summary>
    /// <param name="whose">Whose call.</param>
    /// <param name="input">What came in.</param>
    /// <param name="fault">What torch threw; behind its first line stands where in its sources.</param>
    public static InvalidOperationException Failed(string whose, Tensor input, Exception fault) => Failed(whose, [input], fault);

    /// <summary>The same of a call with several inputs.</summary>
    /// <param name="whose">Whose call.</param>
    /// <param name="inputs">What came in.</param>
    /// <param name="fault">What torch threw.</param>
    /// <param name="advice">What else is to be said.</param>
    public static InvalidOperationException Failed(string whose, Tensor[] inputs, Exception fault, string advice = "") =>
        new($"{whose}, given {inputs[0].dtype} of {string.Join(" and ", inputs.Select(static input => input.shape.Joined(" x ")))}: {fault.Message.TrimStart().Split('\n')[0].TrimEnd()}{advice}", fault);

    private static Exception Said(nn.Module module, string whose, Tensor[] inputs, Exception fault) =>
        ModuleLayers.Of(module)?.Disposed() is { } disposed ? disposed : IsElsewhere(module, inputs[0]) ? Elsewhere(module, inputs[0], fault) : Failed(whose, inputs, fault, DeclaredSize(module, inputs[0]));

    /// <summary>A network takes images of the declared size; of another not every one.</summary>
    private static string DeclaredSize(nn.Module module, Tensor input) => module is INetworkModule { Plans: var plans } && (input.size(2) != plans.Height || input.size(3) != plans.Width)
        ? Invariant($" (it is declared for images of {plans.Height} x {plans.Width}, and takes other sizes as far as its layers do)")
        : "";

    private static bool IsElsewhere(nn.Module module, Tensor input) => module.parameters().FirstOrDefault() is { } own && (own.dtype != input.dtype || own.device.ToString() != input.device.ToString());

    private static ArgumentException Elsewhere(nn.Module module, Tensor input, Exception fault)
    {
        var own = module.parameters().First();
        if (module.named_parameters().FirstOrDefault(each => each.parameter.dtype != own.dtype || each.parameter.device.ToString() != own.device.ToString()) is { parameter: { } odd, name: var name })
            return new($"{module.GetName()}: {module.named_parameters().First().name} is {own.dtype} on {own.device}, and {name} {odd.dtype} on {odd.device}: module.to(...) brings all of them to one type and device.", nameof(input), fault);
        return new($"{module.GetName()} is {own.dtype} on {own.device}, and was given {input.dtype} on {input.device}: bring the input there, input.to({own.dtype}) or input.to(device), or the module, module.to(...).", nameof(input), fault);
    }
}
