import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dom.DOMCryptoContext;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * The JDK's XML signatures, one request a line, one answer a line; octets travel in base64.
 *
 * <pre>
 * knows METHOD                                           -> yes | no
 * verify MESSAGE AUTHORITY MILLISECONDS                  -> valid | refused WHY
 * sign TEXT KEY KIND CERTIFICATES METHOD DIGEST C14N REFERENCE TRANSFORMS -> signature ELEMENT | refused WHY
 * </pre>
 *
 * TEXT has an element named placeholder where the signature will stand; only the signature is returned.
 */
public final class Peer {
    private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream output = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            output.println(answer(line.split(" ", -1)));
        }
    }

    private static String answer(String[] words) {
        try {
            switch (words[0]) {
                case "knows":
                    return knows(words[1]) ? "yes" : "no";
                case "verify":
                    return verify(words);
                default:
                    return sign(words);
            }
        } catch (Exception error) {
            return "refused " + error.toString().replaceAll("[^\\x20-\\x7e]", " ");
        }
    }

    private static boolean knows(String method) throws Exception {
        try {
            FACTORY.newSignatureMethod(method, null);
            return true;
        } catch (NoSuchAlgorithmException error) {
            return false;
        }
    }

    private static String verify(String[] words) throws Exception {
        Document document = read(octets(words[1]));
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        if (found.getLength() != 1) {
            return "refused " + found.getLength() + " signatures";
        }
        X509Certificate signer = signerOf((Element) found.item(0));
        checkChain(signer, certificate(octets(words[2])), new Date(Long.parseLong(words[3])));
        DOMValidateContext context =
            new DOMValidateContext(KeySelector.singletonKeySelector(signer.getPublicKey()), found.item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        declareIds(document.getDocumentElement(), context);
        return FACTORY.unmarshalXMLSignature(context).validate(context) ? "valid" : "refused the signature";
    }

    private static X509Certificate signerOf(Element signature) throws Exception {
        Node first = signature.getElementsByTagNameNS(XMLSignature.XMLNS, "X509Certificate").item(0);
        return certificate(Base64.getMimeDecoder().decode(first.getTextContent()));
    }

    private static void checkChain(X509Certificate signer, X509Certificate authority, Date moment) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(moment);
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        CertPathValidator.getInstance("PKIX").validate(certificates.generateCertPath(List.of(signer)), parameters);
    }

    private static String sign(String[] words) throws Exception {
        Document document = read(octets(words[1]));
        Element placeholder = (Element) document.getElementsByTagNameNS("*", "placeholder").item(0);
        Node parent = placeholder.getParentNode();
        Node next = placeholder.getNextSibling();
        parent.removeChild(placeholder);
        PrivateKey key = KeyFactory.getInstance(words[3]).generatePrivate(new PKCS8EncodedKeySpec(octets(words[2])));
        DOMSignContext context = next == null ? new DOMSignContext(key, parent) : new DOMSignContext(key, parent, next);
        declareIds(document.getDocumentElement(), context);
        FACTORY.newXMLSignature(signedInfo(words), keyInfo(words[4].split(","))).sign(context);
        Node signature = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0);
        return "signature " + Base64.getEncoder().encodeToString(write(signature));
    }

    private static SignedInfo signedInfo(String[] words) throws Exception {
        List<Transform> transforms = new ArrayList<>();
        for (String uri : words[9].split(",")) {
            transforms.add(FACTORY.newTransform(uri, (TransformParameterSpec) null));
        }
        CanonicalizationMethod canonicalization =
            FACTORY.newCanonicalizationMethod(words[7], (C14NMethodParameterSpec) null);
        return FACTORY.newSignedInfo(
            canonicalization,
            FACTORY.newSignatureMethod(words[5], null),
            List.of(FACTORY.newReference(
                words[8], FACTORY.newDigestMethod(words[6], null), transforms, null, null)));
    }

    private static KeyInfo keyInfo(String[] encoded) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        for (String each : encoded) {
            certificates.add(certificate(octets(each)));
        }
        KeyInfoFactory factory = FACTORY.getKeyInfoFactory();
        return factory.newKeyInfo(List.of(factory.newX509Data(certificates)));
    }

    private static void declareIds(Element element, DOMCryptoContext context) {
        NamedNodeMap attributes = element.getAttributes();
        for (int number = 0; number < attributes.getLength(); number++) {
            Attr attribute = (Attr) attributes.item(number);
            if ("Id".equals(attribute.getLocalName())) {
                context.setIdAttributeNS(element, attribute.getNamespaceURI(), "Id");
            }
        }
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element) {
                declareIds((Element) child, context);
            }
        }
    }

    private static Document read(byte[] text) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text));
    }

    private static byte[] write(Node node) throws Exception {
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        transformer.transform(new DOMSource(node), new StreamResult(output));
        return output.toByteArray();
    }

    private static X509Certificate certificate(byte[] encoded) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] octets(String text) {
        return Base64.getDecoder().decode(text);
    }
}
