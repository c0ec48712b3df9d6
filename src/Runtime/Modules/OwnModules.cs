using System.ComponentModel;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Calls modules of the user's own and sees to it that what comes out is what is declared, of its input's type and on its device. Called by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OwnModules
{
    /// <summary>Calls a module whose result has the height and width of its input, or is flat as that is.</summary>
    /// <param name="module">The module.</param>
    /// <param name="input">N x C x H x W, or N x F.</param>
    /// <param name="where">The declaration and the key there, for messages.</param>
    /// <param name="channels">The channels or features that come out.</param>
    /// <returns>A tensor of its own: N x <paramref name="channels"/> x H x W, or N x <paramref name="channels"/>.</returns>
    /// <exception cref="InvalidOperationException">Something else came out, or another type or device than the input's, or torch refused what the module did.</exception>
    public static Tensor Call(nn.IModule<Tensor, Tensor> module, Tensor input, string where, int channels) => Call(module, input, where, channels, new Resizing(1, 1, 0, 0));

    /// <summary>Calls a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="input">N x C x H x W, or N x F.</param>
    /// <param name="where">The declaration and the key there, for messages.</param>
    /// <param name="channels">The channels or features that come out.</param>
    /// <param name="size">How the height and width that come out follow of those that come in.</param>
    /// <returns>A tensor of its own: N x <paramref name="channels"/> x H' x W', or N x <paramref name="channels"/>.</returns>
    /// <exception cref="InvalidOperationException">Something else came out, or another type or device than the input's, or torch refused what the module did.</exception>
    public static Tensor Call(nn.IModule<Tensor, Tensor> module, Tensor input, string where, int channels, Resizing size)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(input);
        var result = Called(module, input, where);
        if (result is null || result.IsInvalid || input.IsInvalid)
            throw Gone(module, where, result is null ? "returned null" : result.IsInvalid ? "returned a tensor that has been disposed" : "disposed its input, which is not its own");
        var expected = Expected(input, channels, size);
        if (!result.shape.AsSpan().SequenceEqual(expected))
            throw Unexpected(module, input, result, where, expected);
        if (result.dtype != input.dtype || result.device_type != input.device_type || result.device_index != input.device_index)
            throw Elsewhere(module, input, result, where);
        // Whoever freed the input would free the result with it.
        return ReferenceEquals(result, input) ? input.alias() : result;
    }

    /// <summary>What a module throws of its own comes through as it is, with its own type; torch's words name no layer.</summary>
    private static Tensor Called(nn.IModule<Tensor, Tensor> module, Tensor input, string where)
    {
        try
        {
            return module.call(input);
        }
        catch (Exception e) when (ModuleCalls.IsTorchs(e))
        {
            throw ModuleCalls.Failed($"{where}: {NameOf(module)}", input, e);
        }
    }

    private static InvalidOperationException Gone(nn.IModule<Tensor, Tensor> module, string where, string what) =>
        new($"{where}: {NameOf(module)} {what}. Its forward returns a tensor of its own; what is made within a NewDisposeScope() leaves it by MoveToOuterDisposeScope().");

    private static long[] Expected(Tensor input, int channels, Resizing size)
    {
        if (input.dim() != 4)
            return [input.size(0), channels];
        var (height, width) = size.Of(checked((int)input.size(2)), checked((int)input.size(3)));
        return [input.size(0), channels, height, width];
    }

    private static InvalidOperationException Unexpected(nn.IModule<Tensor, Tensor> module, Tensor input, Tensor result, string where, long[] expected)
    {
        var type = NameOf(module);
        return new($"{where}: {type} made {(result.dim() == 0 ? "a number" : result.shape.Joined(" x "))} of {input.shape.Joined(" x ")}; expected {expected.Joined(" x ")}. Say what comes out by [Shape(...)] on {type}, or by Channels, Height and Width of its [Module<{type}>], which go before it.");
    }

    private static InvalidOperationException Elsewhere(nn.IModule<Tensor, Tensor> module, Tensor input, Tensor result, string where)
    {
        var given = $"{input.dtype} on {input.device}";
        return new($"{where}: {NameOf(module)} made {result.dtype} on {result.device} of {given}; expected {given}. Tensors that it keeps go along with net.to(...) where it registers them, and .to({input.dtype}) in its forward takes a result back.");
    }

    private static string NameOf(nn.IModule<Tensor, Tensor> module) => (module is CopiedModule copied ? copied.Type : module.GetType()).Name;
}
