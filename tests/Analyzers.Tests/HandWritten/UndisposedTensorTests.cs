using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.UndisposedTensor>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class UndisposedTensorTests
{
    private const string Fields = "private readonly Conv2d a = Conv2d(8, 8, 1), b = Conv2d(8, 8, 1); private Tensor kept;";

    private const string EachByItself = "BW6002.callers = ignored";

    private static string Message(string many) =>
        $"'Net.forward' leaves {many} to its caller, the first one here: where no caller opens a dispose scope, the memory is held until finalizers run, which is late";

    [Theory]
    [InlineData("x = {|#0:a.call(x)|}; return b.call(x);", "a tensor")]
    [InlineData("return b.call({|#0:a.call(x)|});", "a tensor")]
    [InlineData("return functional.relu({|#0:a.call(x)|} + b.call(x));", "3 tensors")]
    [InlineData("var y = {|#0:a.call(x)|}; return b.call(x);", "a tensor")]
    [InlineData("using var y = a.call(x); return b.call({|#0:y.relu()|});", "a tensor")]
    [InlineData("foreach (var i in new[] { 1, 2 }) { {|#0:a.call(x)|}.print(); } return b.call(x);", "a tensor")]
    public Task Left_behind(string forward, string many) => Verify.ReportsWith(EachByItself, Code.Module(Fields, "", forward), Expected.Info("BW6002", 0, Message(many)));

    [Fact]
    public Task The_number_is_configurable() => Verify.ReportsWith(
        EachByItself + "\nBW6002.minimum_tensors = 2",
        Code.Module(Fields, "", "return b.call(a.call(x));"));

    [Theory]
    [InlineData("return a.call(x);")]
    [InlineData("using var y = a.call(x); return b.call(y);")]
    [InlineData("using (var y = a.call(x)) return b.call(y);")]
    [InlineData("var y = a.call(x); var z = b.call(y); y.Dispose(); return z;")]
    [InlineData("using var scope = torch.NewDisposeScope(); x = a.call(x); return b.call(x).MoveToOuterDisposeScope();")]
    [InlineData("using (torch.NewDisposeScope()) { x = a.call(x); return b.call(x).MoveToOuterDisposeScope(); }")]
    // Who moves it out of a scope that he has not opened says that his caller has.
    [InlineData("x = a.call(x); return b.call(x).MoveToOuterDisposeScope();")]
    [InlineData("return a.call(x).relu_();")]
    [InlineData("var y = a.call(x); y.add_(x); return y;")]
    [InlineData("kept = a.call(x); return b.call(kept);")]
    [InlineData("if (x.shape[0] > 1) return a.call(x); var y = b.call(x); return y;")]
    [InlineData("Tensor y; if (x.shape[0] > 1) y = a.call(x); else y = b.call(x); return y;")]
    [InlineData("var y = a.call(x); Func<Tensor> later = () => y; return b.call(x);")]
    [InlineData("Keep(a.call(x)); return b.call(x); static void Keep(Tensor t) { }")]
    [InlineData("throw new NotSupportedException();")]
    [InlineData("var y = a.call(x); if (training) y += x; return y;")]
    public Task Disposed_returned_or_kept_is_silent(string forward) => Verify.ReportsWith(EachByItself, Code.Module(Fields, "", forward));

    [Fact]
    public Task Only_forward_is_looked_at() => Verify.ReportsWith(EachByItself, Code.File("static class Program { static Tensor Twice(Tensor x) => (x + x) * 2; }"));
}
