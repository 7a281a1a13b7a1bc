import java.io.FileInputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Says of each PDF that is named whether it is PDF/A-2b, and which rules it breaks. */
public final class Validate {
  public static void main(String[] paths) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    PDFAFlavour flavour = PDFAFlavour.PDFA_2_B;
    boolean all = true;
    for (String path : paths) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(path), flavour)) {
        ValidationResult found = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
        all &= found.isCompliant();
        System.out.println(path + " PDF/A-2b: " + found.isCompliant() + ", assertions: " + found.getTotalAssertions());
        Set<String> broken = new LinkedHashSet<>();
        for (TestAssertion one : found.getTestAssertions())
          if (one.getStatus() == TestAssertion.Status.FAILED)
            broken.add("  " + one.getRuleId().getClause() + " " + one.getMessage());
        broken.forEach(System.out::println);
      }
    }
    System.exit(all ? 0 : 1);
  }
}
