using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>What stands for a class while its declaration has mistakes. In a C# that any version reads, since an old one may be the mistake.</summary>
internal static class SkeletonWriter
{
    private const string Throw = "{ throw new global::System.InvalidOperationException(); }";

    public static void Write(CodeWriter writer, Declaration declaration, bool isNewLanguage, string reason)
    {
        var name = declaration.Name.TrimStart('@');
        writer.Line("/// <summary>Throws: the declaration has errors.</summary>");
        writer.Line($"public {declaration.Name}({Signature.Parameters(declaration)})");
        writer.Line($"    : base(\"{name}\", 1)");
        writer.Open();
        writer.Line($"throw new global::System.InvalidOperationException({ModuleWriter.Literal($"{name} cannot be made: {reason}.")});");
        writer.Close();
        writer.Line();
        writer.Line("/// <inheritdoc />");
        writer.Line($"protected override {Emitted.Torch}Tensor Compute({Emitted.Torch}Tensor input) {Throw}");
        writer.Line();
        writer.Line("/// <inheritdoc />");
        WriteFuse(writer, isNewLanguage && declaration.Kind == DeclarationKind.Network);
    }

    /// <summary>A network's Fuse() has a return type of its own, which C# has since version 9.</summary>
    private static void WriteFuse(CodeWriter writer, bool isNetwork)
    {
        writer.Line($"public override {Emitted.Runtime}{(isNetwork ? "FusedNetwork" : "FusedModule")} Fuse() {Throw}");
        if (!isNetwork)
            return;
        writer.Line();
        writer.Line("/// <summary>Throws: the declaration has errors.</summary>");
        writer.Line($"public {Emitted.Runtime}FusedNetwork Fuse({Emitted.Runtime}FuseOptions options) {Throw}");
        writer.Line();
        writer.Line("/// <summary>Throws: the declaration has errors.</summary>");
        writer.Line($"public static {Emitted.Runtime}KernelNetwork LoadFused(string path, {Emitted.Runtime}FuseOptions? options = null) {Throw}");
    }
}
