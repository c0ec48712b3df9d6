using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>BW4001, BW4002 and BW4003.</summary>
public sealed class ElementwiseTests
{
    private const string Measured = "measured with a shortcut: 2672 against 2842 batches/s on a GPU without";

    [Fact]
    public Task An_activation_that_nothing_takes_in() => Verify(
        """[Block, From("in", As = "y"), Conv2d("in", 3), BatchNorm2d, Concat("in", "y"), {|#0:SiLU|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4001", Warning, "SiLU over 128 x 32 x 32 is a pass of its own that moves 1,048,576 bytes per image; measured with such an operation: 2647 against 2842 batches/s on a GPU without (in Net: 3)"));

    /// <summary>Of a module of the user's own nobody knows what it takes in, what it gives and whether that is ever negative: all that is said is that it has no kernel.</summary>
    [Fact]
    public Task Behind_a_module_of_ones_own() => Verify(
        """
        public class Own() : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>("") { public override TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor x) => x; }

        """ + Net("{|#0:Module<Own>|}, BatchNorm2d, SiLU, {|#1:Module<Own>|}, SiLU, {|#2:Module<Own>|}, ReLU, GlobalAvgPool2d, {|#3:Module<Own>|}, Flatten, {|#4:Module<Own>|}"),
        [.. Enumerable.Repeat(("BW4006", Info, "Blockwright has no kernel for Module<Own>: the snapshots of Net leave it to torch, between kernels, and cannot be saved"), 5)]);

    /// <summary>Where kernels would multiply nothing, torch computes all: the first cause is named.</summary>
    [Fact]
    public Task Where_nothing_is_left_for_kernels() => Verify(
        """[Network, Input(8, 16, 16), Permute(0, 2, 3, 1), Softmax(Dim = 3), Permute(0, 3, 1, 2), {|#0:BatchNorm2d(TrackRunningStats = false)|}, MaxPool2d(2), BatchNorm2d(TrackRunningStats = false), Flatten] public partial class Net;""",
        ("BW4006", Info, "Blockwright has no kernel for BatchNorm2d: the snapshots of Net run on torch's operations, and cannot be saved"));

    /// <summary>What is neither a map nor features has kernels too, whatever ways it goes.</summary>
    [Theory]
    [InlineData("Permute(0, 2, 3, 1), Softmax(Dim = 3), Permute(0, 3, 1, 2), LocalResponseNorm(3), Softmax(Dim = 3)")]
    [InlineData("Output(\"p\", \"q\"), From(\"in\", As = \"f\"), Conv2d(8, 3), Reshape(8, 256), From(\"f\", As = \"p\"), Softmax(Dim = 1), From(\"f\", As = \"q\"), Sigmoid")]
    public Task Values_of_any_sizes(string steps) => Verify($"[Network, Input(8, 16, 16), {steps}] public partial class Net;");

    [Fact]
    public Task In_a_block_it_is_said_once() => Verify(
        "[Block, Conv1x1, {|#0:BatchNorm2d(TrackRunningStats = false)|}] public partial class Unit;" + Net("Apply<Unit>, Apply<Unit>"),
        ("BW4006", Info, "Blockwright has no kernel for BatchNorm2d: the snapshots of Net leave it to torch, between kernels, and cannot be saved (in Net: 3; also 4)"));

    [Fact]
    public Task Behind_a_shuffle() => Verify(
        Net("Conv2d(64, 3), BatchNorm2d, ChannelShuffle(2), {|#0:SiLU|}, Conv2d(64, 3)"),
        ("BW4001", Warning, "SiLU over 64 x 32 x 32 is a pass of its own that moves 524,288 bytes per image; measured with such an operation: 2647 against 2842 batches/s on a GPU without"));

    /// <summary>Elsewhere it would be another function, or the value without it is wanted.</summary>
    [Theory]
    [InlineData("""MaxPool2d(3, Stride = 1), {|#0:SiLU|}, Conv2d("in", 3)""", "64 x 32 x 32", "524,288")]
    [InlineData("""From("in", As = "y"), MaxPool2d(3, Stride = 1), Concat("in"), From("y", As = "z"), {|#0:SiLU|}, Concat("y")""", "128 x 32 x 32", "1,048,576")]
    public Task An_activation_that_has_to_be_where_it_is(string body, string map, string bytes) => Verify(
        $"[Block, {body}] public partial class Unit;" + Net("Apply<Unit>"),
        ("BW4001", Info, $"SiLU over {map} is a pass of its own that moves {bytes} bytes per image; measured with such an operation: 2647 against 2842 batches/s on a GPU without (in Net: 3)"));

    [Fact]
    public Task A_gate() => Verify(
        """[Block, From("in", As = "gate"), GlobalAvgPool2d, Conv1x1, Sigmoid, From("in"), {|#0:Multiply("gate")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4001", Info, "Multiply over 64 x 32 x 32 is a pass of its own that moves 524,544 bytes per image; measured with such an operation: 2672 against 2842 batches/s on a GPU without (in Net: 3)"));

    [Fact]
    public Task A_sum_of_three() => Verify(
        """[Block, From("in", As = "a"), DepthwiseConv2d(3), BatchNorm2d, From("a", As = "b"), {|#1:Sigmoid|}, {|#0:Add("in", "a", "b")|}] public partial class Unit;"""
        + Net("Apply<Unit>"),
        ("BW4001", Info, "Add over 64 x 32 x 32 is a pass of its own that moves 1,048,576 bytes per image; measured with such an operation: 2672 against 2842 batches/s on a GPU without (in Net: 3)"),
        ("BW4001", Info, "Sigmoid over 64 x 32 x 32 is a pass of its own that moves 524,288 bytes per image; measured with such an operation: 2647 against 2842 batches/s on a GPU without (in Net: 3)"));

    [Fact]
    public Task A_shortcut_in_an_epilogue_is_read_once_more() => Verify(
        """[Block, From("in", As = "y"), Conv2d("in", 3), BatchNorm2d, {|#0:Add("in", "y")|}, ReLU] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4002", Info, "Add of two values of 64 x 32 x 32 reads a second value in the convolution's epilogue: 262,144 bytes per image; Concat of 32 channels each with ChannelShuffle(2) moves nothing; " + Measured + " (in Net: 3)"));

    /// <summary>RepVGG in training: one convolution computes both in a snapshot, and so nothing is added.</summary>
    [Fact]
    public Task Branches_that_a_snapshot_adds_up_are_no_shortcut() => Verify(
        """[Block, From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, From("in", As = "b"), Conv1x1("in"), BatchNorm2d, Add("a", "b"), ReLU] public partial class Unit;""" + Net("Apply<Unit>"));

    [Fact]
    public Task A_shortcut_behind_a_depthwise_convolution_is_a_pass() => Verify(
        """[Block, From("in", As = "y"), DepthwiseConv2d(3), BatchNorm2d, {|#0:Add("in", "y")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4002", Info, "Add of two values of 64 x 32 x 32 is a pass of its own: 786,432 bytes per image; Concat of 32 channels each with ChannelShuffle(2) moves nothing; " + Measured + " (in Net: 3)"));

    [Fact]
    public Task A_rectifier_behind_what_is_never_negative() => Verify(
        Net("MaxPool2d(2), {|#0:ReLU|}, Conv2d(64, 3), BatchNorm2d, ReLU6, Dropout(0.5), {|#1:LeakyReLU|}"),
        ("BW4003", Warning, "ReLU does nothing, since its input is never negative: a pass that moves 131,072 bytes per image"),
        ("BW4003", Warning, "LeakyReLU does nothing, since its input is never negative: a pass that moves 131,072 bytes per image"));

    [Fact]
    public Task A_fused_one_moves_nothing() => Verify(
        """[Block, From("in", As = "gate"), GlobalAvgPool2d, Conv1x1, Sigmoid, From("in"), {|#1:Multiply("gate")|}, {|#0:ReLU|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4003", Warning, "ReLU does nothing, since its input is never negative: its 64 x 32 x 32 are compared for nothing, with 0 bytes moved since it is fused (in Net: 3)"),
        ("BW4001", Info, "Multiply over 64 x 32 x 32 is a pass of its own that moves 524,544 bytes per image; measured with such an operation: 2672 against 2842 batches/s on a GPU without (in Net: 3)"));

    [Fact]
    public Task A_batch_norm_without_a_convolution() => Verify(
        Net("MaxPool2d(2), {|#0:BatchNorm2d|}, ReLU, Conv2d(64, 3)"),
        ("BW4003", Info, "BatchNorm2d cannot be folded into a convolution, since MaxPool2d stands before it: a pass over 64 x 16 x 16 that moves 131,072 bytes per image"));

    [Fact]
    public Task A_batch_norm_behind_a_transposed_convolution() => Verify(Net("ConvTranspose2d(64, 2, Stride = 2), BatchNorm2d, Conv2d(64, 3)"));

    /// <summary>It is no batch norm, whose place is behind a convolution.</summary>
    [Fact]
    public Task A_learned_factor_by_itself() => Verify(Net("Conv2d(64, 3), ReLU, Scale, Conv2d(64, 3)"));

    [Fact]
    public Task A_batch_norm_behind_a_convolution_that_others_read() => Verify(
        """[Block, From("in", As = "y"), Conv2d("in", 3), From("y", As = "z"), {|#0:BatchNorm2d|}, ReLU, Concat("y", "z")] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW4003", Info, "BatchNorm2d cannot be folded into a convolution, since the convolution before it has other readers: a pass over 64 x 32 x 32 that moves 524,288 bytes per image (in Net: 3)"));

    [Theory]
    [InlineData("Conv2d(64, 3), BatchNorm2d, ReLU6, Conv2d(64, 3), ReLU")] // all fused
    [InlineData("DepthwiseConv2d(3), BatchNorm2d, SiLU, Conv1x1, Hardswish")]
    [InlineData("Conv2d(64, 3), BatchNorm2d, LeakyReLU, Conv2d(64, 3), BatchNorm2d, Sigmoid")]
    [InlineData("GlobalAvgPool2d, Hardswish, Linear(10)")] // one pixel
    public Task Silent(string body) => Verify(Net(body));

    [Fact]
    public Task Six_is_less_than_what_a_rectifier_gives() => Verify(
        Net("{|#0:ReLU6|}, Conv2d(64, 3)"),
        ("BW4001", Info, "ReLU6 over 64 x 32 x 32 is a pass of its own that moves 524,288 bytes per image; measured with such an operation: 2647 against 2842 batches/s on a GPU without"));
}
