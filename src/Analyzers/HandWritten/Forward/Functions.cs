using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>What is known of torch's functions by their names.</summary>
internal static class Functions
{
    public static readonly ImmutableHashSet<string> Activations = ImmutableHashSet.Create(
        "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "sigmoid", "tanh", "hardsigmoid", "hardswish", "hardtanh", "mish");

    public static readonly ImmutableHashSet<string> Arithmetic = ImmutableHashSet.Create("add", "sub", "mul", "div");

    /// <summary>
    /// Torch's other functions of each value by itself. Not among them: what gives another type (comparisons, isnan), what reduces in another overload (max, min), and sine and cosine, which are an
    /// embedding's, over a few numbers.
    /// </summary>
    private static readonly ImmutableHashSet<string> OfEachValue = ImmutableHashSet.Create(
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "square", "pow", "reciprocal", "abs", "absolute", "neg", "negative", "sign", "floor", "ceil", "round", "trunc", "frac",
        "clamp", "clip", "erf", "erfc", "sinh", "cosh", "atan", "logit", "softplus", "softsign", "logsigmoid", "hardshrink", "softshrink", "tanhshrink", "threshold");

    private static readonly ImmutableHashSet<string> SpatialFunctions = ImmutableHashSet.Create(
        "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "interpolate", "channel_shuffle", "upsample_nearest2d",
        "upsample_bilinear2d");

    private static readonly ImmutableHashSet<string> OtherKeepers = ImmutableHashSet.Create(
        "dropout", "dropout2d", "contiguous", "clone", "alias", "detach", "MoveToOuterDisposeScope", "DetachFromDisposeScope");

    private static readonly ImmutableHashSet<string> Losses = ImmutableHashSet.Create(
        "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy", "ctc_loss", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss",
        "kl_div", "l1_loss", "margin_ranking_loss", "mse_loss", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "nll_loss", "poisson_nll_loss",
        "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss");

    /// <summary>Whether the value is a loss: one number, or one for each prediction.</summary>
    public static bool IsLoss(Value value) => value.Kind == ValueKind.Function && Losses.Contains(value.Name);

    /// <summary>Whether the value is computed of each value by itself, and a tensor as large as what it is computed of is written for it.</summary>
    public static bool IsElementwise(Value value) => value.Kind == ValueKind.Function && (Activations.Contains(value.Name) || Arithmetic.Contains(value.Name) || OfEachValue.Contains(value.Name));

    /// <summary>Whether a function of one tensor leaves its channels as they are.</summary>
    public static bool KeepsChannels(string name) => KeepsPixels(name) || SpatialFunctions.Contains(name);

    /// <summary>Whether a function of one tensor leaves its whole shape as it is.</summary>
    public static bool KeepsPixels(string name) => Activations.Contains(name) || OfEachValue.Contains(name) || OtherKeepers.Contains(name);

    /// <summary>Whether the value is a mean or maximum over height and width.</summary>
    public static bool IsGlobalPool(Value value) =>
        value is { Kind: ValueKind.Function, Inputs.Count: 1, Origin: IInvocationOperation call } && value.Name switch
    {
        "adaptive_avg_pool2d" or "adaptive_max_pool2d" => Constants.Pair(call.Argument("output_size")?.Value) is (1, 1),
        "mean" => IsHeightAndWidth(call.Argument("dimensions")),
        _ => false,
    };

    /// <summary>mean() and sum() over everything.</summary>
    public static bool IsNumber(Value value) => value is { Kind: ValueKind.Function, Name: "mean" or "sum" or "nanmean" or "nansum", Origin: IInvocationOperation call }
        && call.Arguments.All(static argument => argument.IsImplicit || argument.Parameter?.Name is "type" or "input");

    /// <summary>Whether a global pool leaves one pixel (N x C x 1 x 1), not features (N x C).</summary>
    public static bool LeavesPixel(Value pool) =>
        pool.Name != "mean" || pool.Origin is IInvocationOperation call && Constants.Truth(call.Argument("keepdim")?.Value) == true;

    private static bool IsHeightAndWidth(IArgumentOperation? argument) =>
        Constants.Pair(argument?.Value) is (2, 3) or (3, 2) or (-1, -2) or (-2, -1);

    /// <summary>Whether the value is a concatenation over channels.</summary>
    public static bool IsChannelConcat(Value value) =>
        value is { Kind: ValueKind.Function, Name: "cat" or "concat" or "concatenate", Origin: IInvocationOperation call }
            && Constants.Whole((call.Argument("dim") ?? call.Argument("axis"))?.Value) is 1 or -3;
}
