using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>What stands for a class while its declaration has mistakes. In a C# that any version reads, since an old one may be the mistake.</summary>
internal static class SkeletonWriter
{
    public static void Write(CodeWriter writer, Declaration declaration)
    {
        var name = declaration.Name.TrimStart('@');
        writer.Line("/// <summary>Throws: the declaration has errors.</summary>");
        writer.Line($"public {declaration.Name}({Signature.Parameters(declaration)})");
        writer.Line($"    : base(\"{name}\", 1)");
        writer.Open();
        writer.Line($"throw new global::System.InvalidOperationException(\"{name} cannot be made: its declaration has errors, which the build lists.\");");
        writer.Close();
        writer.Line();
        writer.Line("/// <inheritdoc />");
        writer.Line("public override global::TorchSharp.torch.Tensor forward(global::TorchSharp.torch.Tensor input) => throw new global::System.InvalidOperationException();");
        writer.Line();
        writer.Line("/// <inheritdoc />");
        writer.Line("public override global::Blockwright.FusedModule Fuse() => throw new global::System.InvalidOperationException();");
    }
}
