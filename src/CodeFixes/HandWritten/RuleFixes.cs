using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW4001: one pass less, by torch's own function or in place.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ElementwisePassesFix))]
public sealed class ElementwisePassesFix() : HandWrittenFix("BW4001", new UseActivation(), new WriteInPlace());

/// <summary>BW4004: the shuffle in one call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WrittenOutShuffleFix))]
public sealed class WrittenOutShuffleFix() : HandWrittenFix("BW4004", new UseChannelShuffle());

/// <summary>BW6001: the submodule is seen, whatever it was lost for.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SubmoduleFix))]
public sealed class SubmoduleFix() : HandWrittenFix("BW6001", new CallRegisterComponents(), new RegisterSubmodule(), new UseModuleList());

/// <summary>BW6002: a scope for all that <c>forward</c> makes, or <c>using</c> for the first tensor of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UndisposedTensorFix))]
public sealed class UndisposedTensorFix() : HandWrittenFix("BW6002", new OpenDisposeScope(), new UseUsing());

/// <summary>BW6003: what is gone through is registered first.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EarlyVisitFix))]
public sealed class EarlyVisitFix() : HandWrittenFix("BW6003", new RegisterFirst());

/// <summary>BW6008: the dropout follows the module's mode.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DropoutInEvaluationFix))]
public sealed class DropoutInEvaluationFix() : HandWrittenFix("BW6008", new DropInTraining());
