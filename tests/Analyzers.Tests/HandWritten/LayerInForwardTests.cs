using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.LayerInForward>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class LayerInForwardTests
{
    private const string New = "its weights are new at each call, and in no state dict and no optimizer";
    private const string Training = "it is in training mode, whatever mode the module is in";
    private const string Fields = "private Module<Tensor, Tensor> kept; private readonly Linear fc = Linear(2, 2);";

    [Theory]
    [InlineData("return {|#0:Conv2d(3, 8, 3)|}.call(x);", "Conv2d", New)]
    [InlineData("var conv = {|#0:nn.Conv2d(3, 8, 3)|}; x = conv.call(x); return conv.forward(x);", "Conv2d", New)]
    [InlineData("using var linear = {|#0:Linear(2, 2)|}.to(x.device); return linear.call(x);", "Linear", New)]
    [InlineData("using (var linear = {|#0:Linear(2, 2)|}) return linear.call(x);", "Linear", New)]
    [InlineData("return {|#0:Sequential(Conv2d(3, 8, 1), ReLU())|}.call(x);", "Sequential", New)]
    [InlineData("return {|#0:BatchNorm2d(8)|}.call(x);", "BatchNorm2d", New)]
    [InlineData("return {|#0:LayerNorm(8)|}.call(x);", "LayerNorm", New)]
    [InlineData("return {|#0:LSTM(2, 2)|}.call(x).Item1;", "LSTM", New)]
    [InlineData("return {|#0:Dropout(0.5)|}.call(x);", "Dropout", Training)]
    [InlineData("return {|#0:BatchNorm2d(8, affine: false)|}.call(x);", "BatchNorm2d", Training)]
    public Task That_is_only_called(string forward, string layer, string so) =>
        Verify.Reports(Code.Module(Fields, "", forward), Expected.Warning("BW6005", 0, $"'{layer}' is made in forward: {so}"));

    [Theory]
    // Without weights and modes.
    [InlineData("x = ReLU().call(x); x = MaxPool2d(2).call(x); x = Flatten().call(x); return Sequential(ReLU(), Upsample(scale_factor: [2, 2])).call(x);")]
    [InlineData("return LayerNorm(8, elementwise_affine: false).call(x);")]
    [InlineData("return InstanceNorm2d(8).call(x);")]
    // Kept, or given to somebody.
    [InlineData("kept ??= Linear(2, 2); return kept.call(x);")]
    [InlineData("kept = Linear(2, 2); return kept.call(x);")]
    [InlineData("var late = Linear(2, 2); register_module(\"late\", late); return late.call(x);")]
    // A convolution that gets its weights from others, as fused ones do.
    [InlineData("var fused = Linear(2, 2); fused.weight = fc.weight; return fused.call(x);")]
    [InlineData("var fused = Linear(2, 2); fused.load_state_dict(fc.state_dict()); return fused.call(x);")]
    [InlineData("var fused = Linear(2, 2); using (no_grad()) fused.weight.copy_(fc.weight); return fused.call(x);")]
    // Views of layers that are members.
    [InlineData("return Sequential(fc, ReLU()).call(x);")]
    [InlineData("foreach (var layer in ModuleList(new[] { fc, fc })) x = layer.call(x); return x;")]
    // In the mode that the module is in.
    [InlineData("if (training) x = Dropout(0.5).call(x); return x;")]
    [InlineData("return this.training ? Dropout(0.5).call(x) : x;")]
    [InlineData("var drop = Dropout(0.5); drop.train(training); return drop.call(x);")]
    [InlineData("return Dropout(training ? 0.5 : 0).call(x);")]
    [InlineData("var p = training ? 0.5 : 0; return Dropout(p).call(x);")]
    // The same in both modes.
    [InlineData("return BatchNorm1d(8, affine: false, track_running_stats: false).call(x);")]
    // At another time.
    [InlineData("Func<Module> make = () => Linear(2, 2); return x;")]
    public Task Without_weights_or_with_a_purpose_it_is_silent(string forward) => Verify.IsSilent(Code.Module(Fields, "", forward));

    [Fact]
    public Task Outside_of_forward_it_is_silent() => Verify.IsSilent(Code.Module(
        "private readonly Linear fc; private Tensor Once(Tensor x) => Linear(2, 2).call(x);", "fc = Linear(2, 2); Linear(2, 2).call(ones(1));"));
}
