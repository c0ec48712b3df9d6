using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a module gives, whatever its type is: a tensor, or a tuple of them.</summary>
internal static class ResultTuple
{
    /// <summary>The tensors, without those that are not there.</summary>
    public static Tensor[] Tensors<TResult>(TResult results)
    {
        if (results is Tensor only)
            return [only];
        // The build writes no other type.
        var tuple = (ITuple)results!;
        return [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i]).OfType<Tensor>()];
    }

    /// <summary>Gives the tensors to the scope round the present one.</summary>
    public static TResult MoveOut<TResult>(TResult results)
    {
        foreach (var tensor in Tensors(results))
            tensor.MoveToOuterDisposeScope();
        return results;
    }
}
