using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.DropoutInEvaluation>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class DropoutInEvaluationTests
{
    private const string Fields = "private const double P = 0.3; private readonly double rate = 0.2, given, zero = 0.0; private bool wanted; private readonly Linear fc = Linear(2, 2);";

    [Theory]
    [InlineData("return {|#0:functional.dropout(x)|};", "dropout")]
    [InlineData("x = fc.call({|#0:nn.functional.dropout(x.relu(), 0.1)|}); return x;", "dropout")]
    [InlineData("return {|#0:functional.dropout1d(x, p: 0.1f)|};", "dropout1d")]
    [InlineData("return {|#0:functional.dropout2d(x, P)|};", "dropout2d")]
    [InlineData("return {|#0:functional.dropout3d(inplace: true, input: x)|};", "dropout3d")]
    [InlineData("return {|#0:functional.dropout(x, rate)|};", "dropout")]
    [InlineData("var p = 0.1; for (var i = 0; i < 3; i++) x = {|#0:functional.dropout(x, p)|}; return x;", "dropout")]
    [InlineData("if (x.dim() != 4) throw new ArgumentException(); return {|#0:functional.dropout(x)|};", "dropout")]
    // Another one has its argument.
    [InlineData("x = functional.dropout(x, 0.1, training); return {|#0:functional.dropout(x)|};", "dropout")]
    public Task Without_the_mode_it_drops_in_evaluation(string forward, string function) => Verify.Reports(
        Code.Module(Fields, "", forward), Expected.Warning("BW6008", 0, $"'{function}' drops in evaluation, too: training is left out, and true by default"));

    [Theory]
    // The argument is given, whatever it is.
    [InlineData("return functional.dropout(x, 0.1, training);")]
    [InlineData("return functional.dropout(x, training: this.training);")]
    [InlineData("return functional.dropout(x, training: true);")]
    // False by default.
    [InlineData("return functional.feature_alpha_dropout(functional.alpha_dropout(x));")]
    // Perhaps in training only.
    [InlineData("if (training) x = functional.dropout(x); return x;")]
    [InlineData("if (!training) return x; return functional.dropout(x);")]
    [InlineData("return training ? functional.dropout(x) : x;")]
    [InlineData("var drops = training; if (drops) { x = functional.dropout(x); } return x;")]
    [InlineData("if (wanted) x = functional.dropout(x); return x;")]
    [InlineData("if (!wanted) return x; return functional.dropout(x);")]
    [InlineData("switch (training) { case true: x = functional.dropout(x); break; } return x;")]
    [InlineData("return training switch { true => functional.dropout(x), _ => x };")]
    [InlineData("while (wanted) x = functional.dropout(x); return x;")]
    [InlineData("for (var i = 0; i < 2; i++) { if (!wanted) break; x = functional.dropout(x); } return x;")]
    [InlineData("for (var i = 0; i < (training ? 1 : 0); i++) x = functional.dropout(x); return x;")]
    [InlineData("Func<Tensor> later = () => functional.dropout(x); return training ? later() : x;")]
    // Perhaps it drops nothing.
    [InlineData("return functional.dropout(x, 0);")]
    [InlineData("return functional.dropout(x, zero);")]
    [InlineData("return functional.dropout(x, given);")]
    [InlineData("var p = training ? 0.5 : 0; return functional.dropout(x, p);")]
    [InlineData("var p = 0.5; if (!wanted) p = 0; return functional.dropout(x, p);")]
    public Task Where_it_is_not_certain_it_is_silent(string forward) => Verify.IsSilent(Code.Module(Fields, "given = DateTime.Now.Second;", forward));

    [Theory]
    // Outside a module, and outside forward.
    [InlineData("static class Program { static Tensor forward(Tensor x) => functional.dropout(x); }")]
    [InlineData("class Other { public Tensor forward(Tensor x) => functional.dropout(x); }")]
    [InlineData("class Net : Module<Tensor, Tensor> { public Net() : base(\"Net\") { } Tensor Noise(Tensor x) => functional.dropout(x); public override Tensor forward(Tensor x) => training ? Noise(x) : x; }")]
    // A function of one's own.
    [InlineData("static class functional { public static Tensor dropout(Tensor x, double p = 0.5, bool training = true) => x; } class Net : Module<Tensor, Tensor> { public Net() : base(\"Net\") { } public override Tensor forward(Tensor x) => global::functional.dropout(x); }")]
    [InlineData("class Net : Module<Tensor, Tensor> { public Net() : base(\"Net\") { } Tensor dropout(Tensor x, double p = 0.5, bool training = true) => x; public override Tensor forward(Tensor x) => dropout(x); }")]
    // A loss, and a mode of one's own.
    [InlineData("class Noisy : Loss<Tensor, Tensor, Tensor> { public Noisy() : base(Reduction.Mean) { } public override Tensor forward(Tensor x, Tensor y) => (functional.dropout(x) - y).mean(); }")]
    [InlineData("class Net : Module<Tensor, Tensor> { public Net() : base(\"Net\") { } public override void train(bool on = true) { } public override Tensor forward(Tensor x) => functional.dropout(x); }")]
    [InlineData("class Base : Module<Tensor, Tensor> { public new bool training => false; public Base() : base(\"Net\") { } public override Tensor forward(Tensor x) => x; } class Net : Base { public override Tensor forward(Tensor x) => functional.dropout(x); }")]
    public Task Elsewhere_it_is_silent(string types) => Verify.IsSilent(Code.File(types));
}
